import { css } from 'lit';

export const whyStyles = css`
  .card + .card {
    margin-top: 16px;
  }
  .subject {
    border-bottom: 1px solid var(--line);
  }
  .cause {
    display: flex;
    gap: 16px;
    padding: 20px 16px 16px;
    font-size: 18px;
    line-height: 26px;
    overflow-wrap: anywhere;
  }
  .cause gosip-icon {
    flex: none;
    width: 28px;
    height: 28px;
  }
  .cause .accent {
    color: var(--accent);
  }
  .cause strong {
    font-weight: 500;
  }
  gosip-fault {
    margin: 0 16px 16px;
  }
  .mended,
  .since,
  .hint,
  .helps {
    padding: 0 16px 16px;
  }
  .helps {
    padding-top: 16px;
    border-top: 1px solid var(--line);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding-top: 12px;
  }
  .buttons > * {
    max-width: 100%;
  }
  .other {
    padding: 16px 0;
    text-align: center;
  }
  .other a {
    display: inline-block;
    min-height: 44px;
    padding: 10px 16px;
  }
`;

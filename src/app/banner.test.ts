import { describe, expect, it } from 'vitest';
import { bannerLines } from './banner.ts';

const quiet = { adminToken: undefined, warnings: [] };

describe('the banner', () => {
  it('shows the addresses of this machine where it listens on all of them', () => {
    const sip = ['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060', 'tls:0.0.0.0:5061'];
    const http = { host: '0.0.0.0', port: 8080 };
    expect(bannerLines({ sip, http, ...quiet }, ['192.0.2.5', '2001:db8::5'])).toEqual([
      'GoSIP is ready',
      '  Phones register at   192.0.2.5:5060 (udp, tcp)',
      '                       192.0.2.5:5061 (tls)',
      '  Panel                http://192.0.2.5:8080/',
      '  API                  http://192.0.2.5:8080/api   (described at http://192.0.2.5:8080/api/docs)',
    ]);
  });

  it('writes IPv6 addresses in brackets', () => {
    const lines = bannerLines({ sip: ['udp:[::]:5060'], http: { host: '::1', port: 80 }, ...quiet }, [
      '192.0.2.5',
      '2001:db8::5',
    ]);
    expect(lines).toEqual(expect.arrayContaining([expect.stringContaining('[2001:db8::5]:5060 (udp)')]));
    expect(lines.join()).toContain('http://[::1]:80/api');
  });

  it('leaves loopback out where a phone can reach more', () => {
    const sip = ['udp:127.0.0.1:5060', 'udp:192.0.2.5:5060', 'tcp:192.0.2.5:5060'];
    const lines = bannerLines({ sip, http: { host: '127.0.0.1', port: 80 }, ...quiet });
    expect(lines.slice(1, -2)).toEqual(['  Phones register at   192.0.2.5:5060 (udp, tcp)']);
  });

  it('falls back to loopback on a machine without a network', () => {
    const lines = bannerLines({ sip: ['udp:0.0.0.0:5060'], http: { host: '0.0.0.0', port: 80 }, ...quiet }, []);
    expect(lines.join()).toContain('127.0.0.1:5060');
  });

  it('names the file of the first token where no terminal shows it', () => {
    const at = { sip: [], http: { host: '127.0.0.1', port: 80 }, adminToken: 'gosip_x', warnings: [] };
    const text = bannerLines({ ...at, adminTokenFile: '/data/first-admin-token' }).join('\n');
    expect(text).toMatch(/Admin token +is in the file \/data\/first-admin-token/);
    expect(text).not.toContain('gosip_x');
  });

  it('shows how the first administrator is made, and names the file of that token where no terminal shows it', () => {
    const at = { sip: [], http: { host: '127.0.0.1', port: 80 }, setupToken: 'xyz', ...quiet };
    const shown = bannerLines(at).join('\n');
    expect(shown).toMatch(/Setup token +xyz .*\n +makes the first administrator, in the panel/);
    const filed = bannerLines({ ...at, setupTokenFile: '/data/setup-token' }).join('\n');
    expect(filed).toMatch(/Setup token +is in the file \/data\/setup-token/);
    expect(filed).not.toContain('xyz');
  });

  it('shows the first token and what needs attention', () => {
    const lines = bannerLines({
      sip: [],
      http: { host: '127.0.0.1', port: 80 },
      adminToken: 'gosip_x',
      warnings: ['The disk is full.'],
    });
    expect(lines.join('\n')).toMatch(/Admin token +gosip_x .*\n +ATTENTION +The disk is full\./);
  });
});

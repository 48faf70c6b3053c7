import type { EndpointReply } from '#contract/endpoint.ts';
import type { listTrunkPresets } from '#contract/trunks.ts';

export type TrunkPreset = EndpointReply<typeof listTrunkPresets>['items'][number];

export const trunkPresets: readonly TrunkPreset[] = [];

import { alert, bindAlert } from '#contract/alert.ts';
import type { ActiveAlert, Alert } from '#contract/alert.ts';

export const mqttBroken = alert({ alertId: 'mqtt-broken', title: 'Home Assistant is not reached over MQTT' });

export function mqttAlerts(active: () => readonly ActiveAlert[]): readonly Alert[] {
  return [bindAlert(mqttBroken, { active, changedBy: [] })];
}

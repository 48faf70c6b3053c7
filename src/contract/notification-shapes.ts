import { z } from 'zod';
import {
  deliveryKinds,
  deliveryReasons,
  deliveryStates,
  notificationActions,
  notificationChannels,
  notificationKinds,
  quietRules,
} from './notification-kinds.ts';

// One schema for each of these names, so that the API describes each once.
export const notificationChannel = z.enum(notificationChannels).meta({ id: 'NotificationChannel' });
export const notificationKind = z.enum(notificationKinds).meta({ id: 'NotificationKind' });
export const deliveryKind = z.enum(deliveryKinds).meta({ id: 'DeliveryKind' });
export const deliveryState = z.enum(deliveryStates).meta({ id: 'DeliveryState' });
export const deliveryReason = z.enum(deliveryReasons).meta({ id: 'DeliveryReason' });
export const quietRule = z.enum(quietRules).meta({ id: 'QuietRule' });
export const notificationAction = z.enum(notificationActions).meta({ id: 'NotificationAction' });

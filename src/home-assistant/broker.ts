/** An MQTT broker, and who says that it is ours. */
export type Broker = {
  /** Such as `mqtt://core-mosquitto:1883` or `mqtts://broker.example.org:8883`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly source: 'supervisor' | 'options' | 'embedded';
};

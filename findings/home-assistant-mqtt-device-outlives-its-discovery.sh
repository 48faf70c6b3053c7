#!/usr/bin/env bash
# Home Assistant 2026.11.0: a device of MQTT discovery whose retained message is taken away (an empty retained one) while the broker is out of its reach
# stays: after the connection is back there is nothing to read, and Home Assistant does not compare what it knows with what it gets. Its entity
# is available again, with its last value. The same empty message with the connection up removes it.
# One would have guessed that who subscribes anew and reads all retained messages lets go what is not among them.
# Needs a broker (Debian: mosquitto, mosquitto-clients) and what script/home-assistant needs.
set -euo pipefail
export HOME_ASSISTANT_VERSION=2026.11.0
home_assistant=$(cd "$(dirname "$0")/.." && pwd)/script/home-assistant
folder=$(mktemp -d)
port= broker=
trap '[ -z "$port" ] || "$home_assistant" stop --port "$port"; [ -z "$broker" ] || kill "$broker"; rm -rf "$folder"' EXIT
cd "$folder"
free_port() { node -e "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close(); })"; }
# The broker on this port, with what it had retained.
mkdir retained
run_broker() {
  printf '%s\n' "listener $1 127.0.0.1" 'allow_anonymous true' 'persistence true' "persistence_location $folder/retained/" "user $(id -un)" >broker.conf
  PATH=$PATH:/usr/sbin mosquitto -c broker.conf >>broker.log 2>&1 &
  broker=$!
  sleep 1
}
stop_broker() {
  kill "$broker"
  wait "$broker" || true
  broker=
}
# Home Assistant publishes "online" as soon as it has subscribed to everything.
until_online() { timeout 300 mosquitto_sub -p "$1" -t homeassistant/status -C 1 >/dev/null; }
discovery=homeassistant/sensor/meter/config
template() { curl --silent --show-error --fail --header "Authorization: Bearer $token" --data "{\"template\": \"$1\"}" "$url/api/template"; }
see() { echo "$1: $(template "{{ states('sensor.meter_power') if has_value('sensor.meter_power') else 'no sensor' }}, {{ device_attr('$device', 'name') or 'no device' }}")" | tee -a seen; }
port_known=$(free_port) port_other=$(free_port) http_port=$(free_port)
run_broker "$port_known"
mkdir house
printf '%s\n' 'http:' '  server_host: 127.0.0.1' "  server_port: $http_port" 'frontend:' >house/configuration.yaml
until_online "$port_known" &
online=$!
"$home_assistant" install
port=$http_port
"$home_assistant" start --port "$port" --config "$folder/house" --mqtt "127.0.0.1:$port_known" >started
url=$(node -p "JSON.parse(require('node:fs').readFileSync('started', 'utf8')).url")
token=$(node -p "JSON.parse(require('node:fs').readFileSync('started', 'utf8')).token")
wait "$online"
mosquitto_pub -p "$port_known" -t "$discovery" -r -q 1 -m '{"name": "Power", "unique_id": "meter-power", "state_topic": "meter/power", "device": {"identifiers": ["meter"], "name": "Meter"}}'
sleep 2
mosquitto_pub -p "$port_known" -t meter/power -q 1 -m 230
sleep 1
device=$(template "{{ device_id('sensor.meter_power') }}")
see 'discovered'
stop_broker
run_broker "$port_other"
mosquitto_pub -p "$port_other" -t "$discovery" -r -q 1 -n
stop_broker
run_broker "$port_known"
until_online "$port_known"
sleep 3
echo "retained at the broker: $(timeout 10 mosquitto_sub -p "$port_known" -t "$discovery" --retained-only -W 2 -F '%t' 2>/dev/null || true)" | sed 's/: $/: nothing/' | tee -a seen
see 'taken away while it was not connected'
mosquitto_pub -p "$port_known" -t "$discovery" -r -q 1 -n
sleep 2
see 'taken away once more'
cat >expected <<'EXPECTED'
discovered: 230, Meter
retained at the broker: nothing
taken away while it was not connected: 230, Meter
taken away once more: no sensor, no device
EXPECTED
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Take a device away again at every "online" of Home Assistant, until it has been there for it.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi

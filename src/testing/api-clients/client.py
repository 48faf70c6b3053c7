# Asks a house by the client that openapi-python-client made of the description. Arguments: the folder of the client, the URL, a token.
import datetime
import json
import sys

sys.path.insert(0, sys.argv[1])
from gosip_client import AuthenticatedClient
from gosip_client.api.cdrs import get_call_record, get_call_statistics, list_call_records, list_call_recordings
from gosip_client.api.devices import create_device, get_device, list_devices
from gosip_client.models import CreateDeviceBody, DeviceType

client = AuthenticatedClient(base_url=sys.argv[2], token=sys.argv[3])
planted = datetime.datetime.fromtimestamp(1_795_000_000, tz=datetime.timezone(datetime.timedelta(hours=1)))
end = planted + datetime.timedelta(hours=10, minutes=30)

listed = list_devices.sync(client=client)
missing = get_device.sync_detailed("dev_nobody", client=client)
created = create_device.sync(client=client, body=CreateDeviceBody(name="Garden", type_=DeviceType.SOFTPHONE))
calls = list_call_records.sync(client=client, from_=planted, to=end, per_page=5)
record = get_call_record.sync("call_01", client=client)
recordings = list_call_recordings.sync("call_01", client=client)
counted = get_call_statistics.sync(client=client, from_=planted, to=end)

print(json.dumps({
    "devices": [one.name for one in listed.items],
    "missing": [missing.status_code, missing.parsed.error.code],
    "created": [created.name, created.type_, len(created.secret) > 0],
    "calls": [calls.total, len(calls.items), calls.items[0].direction],
    "started": record.started_at.isoformat(),
    "recordings": recordings.items,
    "counted": counted.total.calls,
}))

"""Reads the wheel of a Home Assistant release (first argument) and writes into a folder (second one) requirements.txt, what the integrations
that the tests use need beyond the release itself, and constraints.txt, the versions it was released with."""

import json
import pathlib
import sys
import zipfile

# The last four are set up by the onboarding.
used = """assist_pipeline assist_satellite backup blueprint conversation file_upload frontend history image_upload logbook media_source mobile_app
mqtt recorder stt tts wyoming google_translate met radio_browser shopping_list""".split()

release = zipfile.ZipFile(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
requirements: set[str] = set()
seen: set[str] = set()


def add(integration: str) -> None:
    path = f"homeassistant/components/{integration}/manifest.json"
    if integration in seen or path not in release.namelist():
        return
    seen.add(integration)
    manifest = json.loads(release.read(path))
    requirements.update(manifest.get("requirements", []))
    for other in manifest.get("dependencies", []):
        add(other)


for name in used:
    add(name)
folder.joinpath("requirements.txt").write_text("\n".join(sorted(requirements)) + "\n")
folder.joinpath("constraints.txt").write_bytes(release.read("homeassistant/package_constraints.txt"))

#!/usr/bin/env python3
"""Writes what the exchange knows of short numbers, and what its tests compare it with, from Google's phone number metadata.

  python3 -m venv venv && venv/bin/pip install phonenumbers==9.0.43 && venv/bin/python script/number-facts.py

src/numbers/short-numbers.json          the ranges of short numbers of each country, as regular expressions
src/testing/harness/short-number-facts.json     which short numbers Google's own reader takes for real, and what they cost
src/testing/harness/example-number-facts.json   example numbers of many countries, as they are written
"""

import json
import os
import random

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType, phonenumberutil, shortnumberinfo

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src')
SOURCE = {
    'source': f'libphonenumber metadata {phonenumbers.__version__}, Copyright (C) The Libphonenumber Authors, reduced to the fields below',
    'licence': 'Apache-2.0, see src/numbers/short-numbers.LICENSE',
    'madeBy': 'script/number-facts.py',
}
REGIONS = sorted(phonenumbers.SUPPORTED_SHORT_REGIONS)
FIELDS = {'short': 'short_code', 'emergency': 'emergency', 'sms': 'sms_services', 'free': 'toll_free', 'standard': 'standard_rate',
          'premium': 'premium_rate'}
EXAMPLES = ('AR AT AU BE BR CA CH CI CL CN CO CZ DE DK EE ES FI FR GB GR HR HU ID IE IL IN IS IT JP KE KR LT LU MX MY NG NL NO NZ PE PH PL '
            'PT RO RU SE SG SI SK SM TH TR TW UA US UY VA VN ZA').split()


def ranges(region):
    metadata = PhoneMetadata.short_metadata_for_region(region)
    found = {}
    for name, field in FIELDS.items():
        description = getattr(metadata, field)
        pattern = description.national_number_pattern if description is not None else None
        if pattern:
            found[name] = pattern
    return found


def facts(region):
    """All short numbers of up to three digits and some of the longer ones; e emergency, f free, s standard, p premium, u unknown; t texts only."""
    cost = {0: 'f', 3: 'f', 4: 's', 5: 'p', 10: 'u'}
    code = phonenumbers.country_code_for_region(region)
    chance = random.Random(region)

    def fact(digits):
        number = phonenumbers.PhoneNumber(country_code=code, national_number=int(digits), italian_leading_zero=digits.startswith('0') or None,
                                          number_of_leading_zeros=len(digits) - len(digits.lstrip('0')) or None)
        if not shortnumberinfo.is_valid_short_number_for_region(number, region):
            return None
        if shortnumberinfo.is_emergency_number(digits, region):
            return digits + 'e'
        mark = {shortnumberinfo.ShortNumberCost.TOLL_FREE: 'f', shortnumberinfo.ShortNumberCost.STANDARD_RATE: 's',
                shortnumberinfo.ShortNumberCost.PREMIUM_RATE: 'p'}.get(shortnumberinfo.expected_cost_for_region(number, region), 'u')
        return digits + mark + ('t' if shortnumberinfo.is_sms_service_for_region(number, region) else '')

    def valid(length):
        found = [fact(str(one).zfill(length)) for one in range(10 ** length) if int(one) > 0]
        return [one for one in found if one is not None]

    few = valid(2) + valid(3)
    for length in (4, 5):
        many = valid(length)
        few += many if len(many) <= 8 else sorted(chance.sample(many, 8))
    return ' '.join(few)


def examples(region):
    found = {}
    for name, kind in PhoneNumberType.__dict__.items():
        if not isinstance(kind, int) or name == 'UNKNOWN':
            continue
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None or phonenumbers.region_code_for_number(number) != region:
            continue
        write = lambda form: phonenumbers.format_number(number, form)
        abroad = 'US' if region not in ('US', 'CA') else 'DE'
        found[name] = [write(PhoneNumberFormat.E164), write(PhoneNumberFormat.NATIONAL), write(PhoneNumberFormat.INTERNATIONAL),
                       write(PhoneNumberFormat.RFC3966), phonenumbers.format_out_of_country_calling_number(number, abroad)]
    return found


def save(path, content):
    with open(os.path.join(HERE, path), 'w', encoding='utf-8') as file:
        # One line for each country: what changes is seen in a comparison of versions.
        lines = [f'  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}' for key, value in content.items()]
        file.write('{\n' + ',\n'.join(lines) + '\n}\n')


save('numbers/short-numbers.json', {**SOURCE, **{region: ranges(region) for region in REGIONS}})
save('testing/short-number-facts.json', {**SOURCE, **{region: facts(region) for region in REGIONS}})
save('testing/example-number-facts.json', {**SOURCE, **{region: examples(region) for region in EXAMPLES}})

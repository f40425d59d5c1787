"""What vendors call data about people, their cars and cards, and the identities of machines.

A name is judged by its last words, as in `userCardNumber`, `card_no` and `CARDNO`: a `cardReader` is not a card.
These names count where no schema of OCPP gives them another meaning: in DataTransfer, in customData, in fields that
no schema has, in settings and in running text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ocpptui.ocpp.secret_names import WORDS_OF_NAME


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_NAME = 60
"""Characters of a name."""
MOST_WORDS = 3
"""Words at the end of a name that are looked at together."""

_TAGS = _words("""
    rfid rfidid rfiduid rfidtag rfidtoken rfidcard rfidno rfidnr rfidnumber rfidcode rfidhex nfc nfcid nfcuid nfctag
    uid tag tagid taguid tagno tagnr tagnumber tagcode idtag idtoken tokenid tokenuid card cardid carduid cardtag
    cardno cardnr cardnum cardnumber cardcode cardserial cardhex badge badgeid badgeno badgenumber fob fobid keyfob
    chipid visibleid visualnumber visualid pan iban creditcard accountnumber contract contractid contractno
    contractnr contractnumber emaid eamid evcoid evco vertragsnummer evccid evcc evid evmac vid vin fin vehicle
    vehicleid vehiclevin vehicleno vehiclenumber carid chassisnumber licenseplate licenceplate plate plateno platenr
    platenumber numberplate regno registrationnumber registrationplate kennzeichen kartennummer customer customerid
    customerno customernr customernumber customerref clientno memberid memberno membernumber subscriberid accountid
    accountno userid userno usernumber useruid driverid driverno employeeid employeeno personid passport taxid
    socialsecuritynumber ssn birthday birthdate dateofbirth dob
""")
_MACHINES = _words("""
    serial serialid serialno serialnr serialnum serialnumber sn chargepointid chargeboxid chargerid stationid
    evseuid cpid cbid imsi iccid imei meid eid msisdn simid simno simnumber mac macaddr macaddress bssid ssid ip
    host fqdn ntp ntpserver ntphost dns dnsserver apnname
    ipaddr ipaddress ipv4 ipv6 gateway hostname hostaddress deviceid deviceuid devicesn deviceserial uuid
""")
_PEOPLE = _words("""
    user username login loginname driver drivername customername clientname owner ownername holder holdername
    cardholder cardholdername cardowner person personname contactname contactperson employee employeename firstname
    lastname surname forename givenname familyname fullname middlename nickname nachname vorname membername
    subscribername accountholder accountname benutzer kunde fahrer
""")
_WHERE_TO_REACH = _words("""
    phone phoneno phonenr phonenumber telephone telephonenumber telefon tel telno mobile mobileno mobilenumber
    mobilephone cellphone fax faxnumber handy email emailaddress mail mailaddress street streetname streetaddress
    homeaddress postaladdress billingaddress address1 address2 addressline addressline1 addressline2 zip zipcode
    postcode postalcode plz housenumber houseno strasse
""")
_GROUPS = _words("""
    user driver customer client owner holder cardholder person contact employee member subscriber patron guest
""")
"""Objects that describe a person: a `name`, a `city` or an `id` in one of them is that of the person."""
_OF_A_PERSON = _words("""
    name first last middle title city town address id number no ref code company country
""")

_ALL = _TAGS | _MACHINES | _PEOPLE | _WHERE_TO_REACH
_LONG = re.compile("(?:" + "|".join(sorted((name for name in _ALL if len(name) > 6), key=len, reverse=True)) + r")\Z")
"""Endings that mean the same where the words of a name run together."""
_COORDINATES = _words("""
    lat lng lon long latitude longitude gps gpsposition gpslocation coordinates geo geolocation
""")
_PROSE = _words("""
    message msg text comment comments remark remarks note notes subject body content description reason info details
    personalmessage displaymessage displaytext techinfo additionalinfo
""")
_TRAILING = _words("value val text txt string str hex dec raw ascii")
"""Words at the end that say how the value is written."""


@lru_cache(maxsize=4096)
def is_personal_name(name: str) -> bool:
    """Whether a value of this name identifies a person, a car, a card or a machine."""
    return any(phrase in _ALL for phrase in _phrases(name)) or _LONG.search(_plain(name)) is not None


@lru_cache(maxsize=4096)
def names_a_person(name: str) -> bool:
    """Whether a value of this name is the name of a person."""
    return any(phrase in _PEOPLE for phrase in _phrases(name))


@lru_cache(maxsize=4096)
def is_of_a_person(name: str, holder: str) -> bool:
    """Whether a field of this name describes the person that its object `holder` is about."""
    return _plain(name) in _OF_A_PERSON and any(phrase in _GROUPS for phrase in _phrases(holder))


@lru_cache(maxsize=4096)
def is_a_coordinate(name: str) -> bool:
    """Whether a value of this name says where something is on the map."""
    return any(phrase in _COORDINATES for phrase in _phrases(name))


@lru_cache(maxsize=4096)
def is_prose(name: str) -> bool:
    """Whether a value of this name is a text for people."""
    return any(phrase in _PROSE for phrase in _phrases(name))


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum()) if len(name) <= LONGEST_NAME else ""


def _phrases(name: str) -> list[str]:
    """The last word of a name, the last two, and so on, in lower case and without separators."""
    if len(name) > LONGEST_NAME:
        return []
    words = [word.lower() for word in WORDS_OF_NAME.findall(name)]
    while len(words) > 1 and (words[-1] in _TRAILING or words[-1].isdigit()):
        words.pop()
    whole = [_plain(name)] if name.islower() or name.isupper() else []
    return [*("".join(words[-count:]) for count in range(1, min(MOST_WORDS, len(words)) + 1)), *whole]

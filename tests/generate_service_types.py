"""The types of OCPP-S, made from the WSDLs that the Open Charge Alliance publishes.

    python -m tests.generate_service_types WSDL...

writes `ocpptui/ocpp/types_of_services/<version>.json`, one for each version whose two WSDLs are given. The WSDLs are
not part of this repository; the files have their facts only: services, operations, types, lengths, values.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from ocpptui.ocpp.soap_encoding import service_of

FOLDER = Path(__file__).parent.parent / "ocpptui" / "ocpp" / "types_of_services"

_XML_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_ADDRESSING = "http://www.w3.org/2006/05/addressing/wsdl"
_OCCURS = {("0", "1"): "?", ("1", "1"): "", ("0", "unbounded"): "*", ("1", "unbounded"): "+"}


def main(paths: list[str]) -> None:
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for version, service, facts in _services(etree.parse(path).getroot()):
            found.setdefault(version, {})[service] = facts
    FOLDER.mkdir(exist_ok=True)
    for version, facts in found.items():
        print(version, sorted(facts))
        (FOLDER / f"{version}.json").write_text(as_text(facts), encoding="utf-8", newline="\n")


def as_text(facts: dict[str, Any]) -> str:
    """The file: a line for each type and operation, so that a difference is legible."""
    lines = ["{"]
    for service in sorted(facts):
        lines += [f" {json.dumps(service)}: {{", f'  "namespace": {json.dumps(facts[service]["namespace"])},']
        for part in ("operations", "types"):
            entries = [f"   {json.dumps(name)}: {json.dumps(value)}" for name, value in facts[service][part].items()]
            lines += [f"  {json.dumps(part)}: {{", ",\n".join(entries), "  }" + ("," if part == "operations" else "")]
        lines.append(" }" + ("," if service != max(facts) else ""))
    return "\n".join([*lines, "}"]) + "\n"


def _services(root: etree._Element) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for schema in root.iter(f"{{{_XML_SCHEMA}}}schema"):
        namespace = schema.get("targetNamespace", "")
        named = service_of(namespace)
        assert named is not None, namespace
        service, version = named
        elements = {str(one.get("name")): _local(one.get("type", "")) for one in _children(schema, "element")}
        types: dict[str, Any] = {}
        for simple in _children(schema, "simpleType"):
            types[simple.get("name", "")] = _simple(simple)
        for complex_type in _children(schema, "complexType"):
            types.update(_complex(complex_type.get("name", ""), complex_type))
        operations = {}
        for operation in root.iterfind(f"{{{_WSDL}}}portType/{{{_WSDL}}}operation"):
            name = operation.get("name", "")
            element = name[0].lower() + name[1:]
            request = operation.find(f"{{{_WSDL}}}input")
            assert request is not None and request.get(f"{{{_ADDRESSING}}}Action") == f"/{name}", name
            operations[name] = [elements[f"{element}Request"], elements[f"{element}Response"]]
        yield version, service, {"namespace": namespace, "operations": operations, "types": types}


def _simple(node: etree._Element) -> dict[str, Any]:
    restriction = next(_children(node, "restriction"))
    values = [str(one.get("value")) for one in _children(restriction, "enumeration")]
    longest = next(_children(restriction, "maxLength"), None)
    if values:
        return {"enum": values}
    length = {} if longest is None else {"maxLength": int(str(longest.get("value")))}
    return {"base": _local(restriction.get("base", "")), **length}


def _complex(name: str, node: etree._Element) -> dict[str, Any]:
    content = next(_children(node, "simpleContent"), None)
    if content is not None:
        extension = next(_children(content, "extension"))
        attributes = {one.get("name"): f"{_local(one.get('type', ''))}?" for one in _children(extension, "attribute")}
        return {name: {"text": _local(extension.get("base", "")), "attributes": attributes}}
    fields: dict[str, str] = {}
    inner: dict[str, Any] = {}
    for sequence in _children(node, "sequence"):
        for element in _children(sequence, "element"):
            field = str(element.get("name"))
            occurs = _OCCURS[element.get("minOccurs", "1"), element.get("maxOccurs", "1")]
            anonymous = next(_children(element, "complexType"), None)
            kind = _local(element.get("type", ""))
            if anonymous is not None:
                kind = f"{name}.{field}"
                inner.update(_complex(kind, anonymous))
            fields[field] = kind + occurs
    return {name: {"fields": fields}, **inner}


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return node.iterchildren(f"{{{_XML_SCHEMA}}}{name}")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


if __name__ == "__main__":
    main(sys.argv[1:])

"""A service of OCPP-S as a WSDL, from which other programs make their clients and servers.

Sources: WSDL 1.1 with its binding for SOAP 1.2, WS-Addressing 1.0 WSDL Binding section 4.4, and for the names in it the
WSDLs of OCPP 1.2, 1.5 and 1.6.
"""

from __future__ import annotations

from html import escape

from ocpptui.ocpp.service_schemas import body_element, xml_schema_text
from ocpptui.ocpp.service_types import services
from ocpptui.ocpp.version import Version


def wsdl_text(version: Version, service: str, address: str) -> str:
    """The WSDL of a service that takes requests at this URL. Raises KeyError if the version has no such service."""
    found = services(version)[service]
    messages = abstract = concrete = ""
    for action in found.operations:
        request, response = f"{action}Input", f"{action}Output"
        for message, is_response in ((request, False), (response, True)):
            element = body_element(action, is_response)
            messages += f'<w:message name="{message}"><w:part name="parameters" element="t:{element}"/></w:message>\n'
        abstract += (
            f'<w:operation name="{action}"><w:input message="t:{request}" a:Action="/{action}"/>'
            f'<w:output message="t:{response}" a:Action="/{action}Response"/></w:operation>\n'
        )
        concrete += (
            f'<w:operation name="{action}"><p:operation soapAction="/{action}" style="document"/><w:input>'
            '<p:header message="t:Header" part="ChargeBoxIdentity" use="literal"/><p:body use="literal"/></w:input>'
            '<w:output><p:body use="literal"/></w:output></w:operation>\n'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:p="http://schemas.xmlsoap.org/wsdl/soap12/"'
        f' xmlns:a="http://www.w3.org/2006/05/addressing/wsdl" xmlns:t="{found.namespace}"'
        f' targetNamespace="{found.namespace}">\n'
        f"<w:types>{xml_schema_text(version, service, with_header=True)}</w:types>\n"
        '<w:message name="Header"><w:part name="ChargeBoxIdentity" element="t:chargeBoxIdentity"/></w:message>\n'
        f"{messages}"
        f'<w:portType name="{service}">\n{abstract}</w:portType>\n'
        f'<w:binding name="{service}Soap" type="t:{service}"><a:UsingAddressing/>'
        f'<p:binding transport="http://schemas.xmlsoap.org/soap/http"/>\n{concrete}</w:binding>\n'
        f'<w:service name="{service}"><w:port name="{service}Soap12" binding="t:{service}Soap">'
        f'<p:address location="{escape(address)}"/></w:port></w:service>\n'
        "</w:definitions>\n"
    )

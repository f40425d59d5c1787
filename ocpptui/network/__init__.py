"""Sockets: bytes become records, text becomes bytes, and nothing is decided.

What the detail of a CONNECTION record holds, beside its `event`; what is not known is left out:

- `url`, `remoteAddress`, `requestLine`, `requestHeaders`, `responseStatus`, `responseHeaders`, `httpStatus`,
  `responseBody` (of a refusal, cut): headers are lines as they were written, without secrets
- `subprotocolsOffered`, `subprotocol`, `versionAssumed`, `compression`, `credentials` (`user`, `matched`), `tolerated`
  (what was wrong and let pass), `warning`, `insecure`, `replaces` (number of the older connection)
- `tls`: `version`, `cipher`, `verified`, `certificate` of the peer (`subject`, `issuer`, `names`, `notBefore`,
  `notAfter`, `sha256`)
- `step` at which it failed, `error` and `advice` (sentences), `tlsError`, `verifyCode`, `verifyMessage`, `cause`,
  `firstBytes` of a peer that speaks something else, `retryInSeconds`
- `closeCode`, `closeReason`, `closedBy` (`us`, `peer`, `nobody`), `peerCloseCode`, `secondsOpen`,
  `secondsSinceLastFrame`, `secondsSinceLastMessage`
- `urls`, `host`, `port`, `versions`, `tls`, `credentials` (both true or false) of `listening`

Of a PING or PONG: `data` where there is any, and `roundTripMs` of the PONG to a ping of ours. Of a message: `binary`
where it did not come as text.
"""

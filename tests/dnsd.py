"""A DNS server for tests: a few names over UDP, in dnspython's wire format; it can be silent or fail."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

# name -> what it has, or what the server does when it is asked about it.
Zone = Mapping[str, Mapping[str, str] | str]
SILENT, FAILING, NONSENSE = "silent", "failing", "nonsense"


class Server:
    """Answers from `zone`; a name that is not in it does not exist. `asked` counts questions by name and type."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.asked: Counter[tuple[str, str]] = Counter()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))

    @property
    def resolver(self) -> dns.asyncresolver.Resolver:
        """A resolver that asks this server and no other."""
        found = dns.asyncresolver.Resolver(configure=False)
        found.nameservers = ["127.0.0.1"]
        found.port = self.socket.getsockname()[1]
        return found

    def serve(self) -> None:
        """Answer until an empty datagram comes."""
        while True:
            data, peer = self.socket.recvfrom(4096)
            if not data:
                return
            answer = self.answer(dns.message.from_wire(data))
            if answer:
                self.socket.sendto(answer, peer)

    def answer(self, query: dns.message.Message) -> bytes:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked[name, kind] += 1
        found = self.zone.get(name)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if found == SILENT:
            return b""
        if found == NONSENSE:
            return b"\0\1\2"
        if found is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif isinstance(found, str):
            response.set_rcode(dns.rcode.SERVFAIL)
        elif kind in found:
            texts = found[kind].split("; ")
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        return response.to_wire()


@contextmanager
def dns_server(zone: Zone) -> Iterator[Server]:
    """A server that answers while the block runs."""
    server = Server(zone)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", server.socket.getsockname())
        thread.join()
        server.socket.close()

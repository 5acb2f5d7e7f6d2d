"""Every way to make the server fetch what it must not: each fails before a connection is made, and the journal says why."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from agents.adapters.egress import EgressRefused, EgressRules, HttpEgress, check_url, guarded_httpx_transport, guarded_session
from tests.agents.tools.calling import call_tool_in_run
from tests.agents.tools.web_server import serving

LITERAL = [
    # the server itself
    ("http://127.0.0.1:{port}/", "loopback"),
    ("http://127.0.0.2:{port}/", "loopback"),
    ("http://127.255.255.254/", "loopback"),
    ("http://localhost:{port}/", "loopback"),
    ("http://LOCALHOST:{port}/", "loopback"),
    ("http://localhost.:{port}/", "loopback"),
    ("http://0.0.0.0:{port}/", "unspecified"),
    ("http://0.1.2.3/", "unspecified"),
    ("http://[::1]:{port}/", "loopback"),
    ("http://[0:0:0:0:0:0:0:1]:{port}/", "loopback"),
    ("http://[::]:{port}/", "unspecified"),
    # IPv4 within IPv6
    ("http://[::ffff:127.0.0.1]:{port}/", "loopback"),
    ("http://[::ffff:7f00:1]:{port}/", "loopback"),
    ("http://[::ffff:169.254.169.254]/", "metadata"),
    ("http://[::127.0.0.1]:{port}/", "in disguise"),
    ("http://[::ffff:0:127.0.0.1]/", "in disguise"),
    ("http://[64:ff9b::127.0.0.1]/", "loopback"),
    ("http://[64:ff9b::a9fe:a9fe]/", "metadata"),
    ("http://[64:ff9b:1::7f00:1]/", "in disguise"),
    ("http://[2002:7f00:1::]/", "in disguise"),
    ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "in disguise"),
    ("http://[2001:470:1::5efe:7f00:1]/", "in disguise"),
    # other spellings of an address
    ("http://2130706433:{port}/", "unusual spelling"),
    ("http://0x7f000001:{port}/", "unusual spelling"),
    ("http://0x7f.0.0.1/", "unusual spelling"),
    ("http://0177.0.0.1/", "unusual spelling"),
    ("http://017700000001/", "unusual spelling"),
    ("http://127.1:{port}/", "unusual spelling"),
    ("http://127.0.1/", "unusual spelling"),
    ("http://0/", "unusual spelling"),
    ("http://127.0.0.1.:{port}/", "unusual spelling"),
    ("http://127.0.0.01/", "unusual spelling"),
    ("http://１２７.０.０.１/", "unusual spelling"),
    ("http://①②⑦.⓪.⓪.①/", "unusual spelling"),
    ("http://127。0。0。1/", "unusual spelling"),
    ("http://2852039166/latest/meta-data/", "unusual spelling"),
    ("http://0xa9fea9fe/", "unusual spelling"),
    ("http://%31%32%37.0.0.1/", "escaped letter"),
    ("http://ⓛocalhost:{port}/", "loopback"),
    # inner networks
    ("http://10.0.0.1/", "private"),
    ("http://172.16.0.1/", "private"),
    ("http://172.31.255.255/", "private"),
    ("http://192.168.1.1/", "private"),
    ("http://100.64.0.1/", "CGNAT"),
    ("http://[fc00::1]/", "private"),
    ("http://[fd12:3456::1]/", "private"),
    # metadata services and link-local
    ("http://169.254.169.254/latest/meta-data/", "metadata"),
    ("http://169.254.170.2/v2/credentials", "metadata"),
    ("http://100.100.100.200/latest/meta-data/", "metadata"),
    ("http://168.63.129.16/metadata", "metadata"),
    ("http://192.0.0.192/", "metadata"),
    ("http://metadata.google.internal/computeMetadata/v1/", "metadata"),
    ("http://[fd00:ec2::254]/latest/meta-data/", "metadata"),
    ("http://[fd20:ce::254]/", "metadata"),
    ("http://169.254.1.1/", "link-local"),
    ("http://[fe80::1]/", "link-local"),
    ("http://[fe80::1%25eth0]/", "zone"),
    ("http://[fe80::1%eth0]/", "zone"),
    # addresses that are nobody's
    ("http://224.0.0.1/", "multicast"),
    ("http://[ff02::1]/", "multicast"),
    ("http://255.255.255.255/", "reserved"),
    ("http://240.0.0.1/", "reserved"),
    ("http://192.0.2.1/", "documentation"),
    ("http://198.18.0.1/", "benchmarks"),
    ("http://[2001:db8::1]/", "documentation"),
    ("http://[4000::1]/", "reserved"),
    # other protocols
    ("file:///etc/passwd", "only addresses that begin with http"),
    ("ftp://example.org/", "only addresses that begin with http"),
    ("gopher://127.0.0.1:6379/_INFO", "only addresses that begin with http"),
    ("dict://127.0.0.1:6379/info", "only addresses that begin with http"),
    ("unix:///var/run/docker.sock", "only addresses that begin with http"),
    ("data:text/plain,hello", "only addresses that begin with http"),
    ("//127.0.0.1:{port}/", "only addresses that begin with http"),
    ("127.0.0.1:{port}/", "only addresses that begin with http"),
    ("http:127.0.0.1/", "only addresses that begin with http"),
    ("http:///127.0.0.1/", "only addresses that begin with http"),
    # what two programs read in two ways
    ("http://example.org@127.0.0.1:{port}/", "name or password"),
    ("http://user:secret@example.org/", "name or password"),
    ("http://example.org\\@127.0.0.1:{port}/", "character"),
    ("http://127.0.0.1:{port}\\@example.org/", "character"),
    ("http://example.org #@127.0.0.1/", "character"),
    ("http://127.0.0.1\t:{port}/", "character"),
    ("http://exa\nmple.org/", "character"),
    ("http://127.0.0.1\u00ad:{port}/", "unusual spelling"),
    ("http://example.org\x00.127.0.0.1/", "ca"),
    ("http://exam_ple..org/", "part of a host name"),
    ("http://.org/", "part of a host name"),
    ("http://[127.0.0.1]/", "not an address"),
    ("http://[::1/", "not an address"),
    ("http://" + "a" * 300 + ".org/", "host name"),
    # ports where something else than the web listens
    ("http://93.184.216.34:22/", "port 22"),
    ("http://93.184.216.34:25/", "port 25"),
    ("http://93.184.216.34:6379/", "port 6379"),
    ("http://93.184.216.34:5432/", "port 5432"),
    ("http://93.184.216.34:2375/", "port 2375"),
    ("http://93.184.216.34:11211/", "port 11211"),
    ("http://93.184.216.34:0/", "port"),
    ("http://93.184.216.34:99999/", "not an address"),
    ("http://93.184.216.34:-1/", "not an address"),
]


@pytest.mark.parametrize(("url", "reason"), LITERAL)
async def test_no_spelling_of_an_address_reaches_the_inside(url: str, reason: str) -> None:
    async with serving() as server:
        url = url.replace("{port}", str(server.port))
        egress = HttpEgress(EgressRules())
        for tool in ("http_get", "fetch_url", "http_post"):
            called = await call_tool_in_run(tool, {"url": url}, egress=egress)
            assert called.code == "egress_refused", called
            assert reason in called.message, called.message
        with pytest.raises(EgressRefused):
            check_url(url, EgressRules())
        assert server.requests == []


RESOLVED = [
    (["127.0.0.1"], "loopback"),
    (["93.184.216.34", "127.0.0.1"], "loopback"),
    (["127.0.0.1", "93.184.216.34"], "loopback"),
    (["10.1.2.3"], "private"),
    (["169.254.169.254"], "metadata"),
    (["::1"], "loopback"),
    (["::ffff:127.0.0.1"], "loopback"),
    (["64:ff9b::7f00:1"], "loopback"),
    (["2606:2800:220:1::1", "fe80::1%eth0"], "link-local"),
    (["0.0.0.0"], "unspecified"),
    (["100.100.100.200"], "metadata"),
]


@pytest.mark.parametrize(("addresses", "reason"), RESOLVED)
async def test_no_name_that_stands_for_an_inner_address_is_connected_to(addresses: list[str], reason: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    async with serving() as server:
        url = f"http://rebind.example.org:{server.port}/"
        called = await call_tool_in_run("http_get", {"url": url}, egress=HttpEgress(EgressRules(), resolve))
        assert (called.code, reason in called.message) == ("egress_refused", True), called
        assert "rebind.example.org stands for" in called.message
        assert server.requests == []


async def test_the_checked_address_is_the_one_that_is_connected_to() -> None:
    """Rebinding: the name answers well when it is asked first, and with another address ever after."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async with serving() as server:
        egress = HttpEgress(EgressRules(("127.0.0.1", "*"), (), private=True), resolve)
        called = await call_tool_in_run("http_get", {"url": f"http://rebind.example.org:{server.port}/"}, egress=egress)
        assert called.result["success"] is True
        assert len(server.requests) == 1
        assert asked == ["rebind.example.org"], "it is looked up once, and that answer is the one that is used"
        called = await call_tool_in_run("http_get", {"url": f"http://rebind.example.org:{server.port}/"}, egress=egress)
        assert called.code == "egress_refused"
        assert "127.0.0.2" in called.message


REDIRECTS = [
    ("http://127.0.0.1:{other}/", "loopback"),
    ("//127.0.0.1:{other}/", "loopback"),
    ("http://localhost:{other}/", "loopback"),
    ("http://169.254.169.254/latest/meta-data/", "metadata"),
    ("http://2130706433/", "unusual spelling"),
    ("http://[::ffff:127.0.0.1]/", "loopback"),
    ("file:///etc/passwd", "only addresses that begin with http"),
    ("gopher://127.0.0.1:6379/_INFO", "only addresses that begin with http"),
    ("http://user:x@127.0.0.1/", "name or password"),
    ("http://10.0.0.1/", "private"),
]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(("to", "reason"), REDIRECTS)
async def test_no_redirect_leads_to_the_inside(to: str, reason: str, status: int) -> None:
    async with serving() as outside, serving() as inside:
        rules = EgressRules((f"127.0.0.1:{outside.port}",), (), private=True)
        if reason == "private" or "169" in to:
            rules = EgressRules((f"127.0.0.1:{outside.port}", "*"), (), private=True)
        to = to.replace("{other}", str(inside.port))
        url = str(httpx2.URL(f"{outside.url}/redirect", params={"to": to, "status": str(status)}))
        called = await call_tool_in_run("http_get", {"url": url}, egress=HttpEgress(rules))
        assert called.code == "egress_refused", called
        assert called.message.startswith("127.0.0.1 redirects: ")
        assert reason in called.message or "not on the list" in called.message
        assert len(outside.requests) == 1
        assert inside.requests == []


async def test_redirects_come_to_an_end() -> None:
    async with serving() as server:
        egress = HttpEgress(EgressRules(("127.0.0.1",), (), private=True))
        called = await call_tool_in_run("http_get", {"url": f"{server.url}/round"}, egress=egress)
        assert (called.code, called.message) == ("network", "127.0.0.1 redirected more than 5 times")
        assert len(server.requests) == 6


@pytest.mark.parametrize("header", ["Host", "host", "Transfer-Encoding", "Content-Length", "Connection", "Proxy-Authorization"])
async def test_headers_that_are_the_connections_own_cannot_be_given(header: str) -> None:
    async with serving() as server:
        rules = EgressRules(("127.0.0.1",), (), private=True)
        arguments: dict[str, Any] = {"url": server.url, "headers": {header: "1"}}
        called = await call_tool_in_run("http_get", arguments, egress=HttpEgress(rules))
        assert called.code == "egress_refused"
        assert server.requests == []


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "ü€"])
async def test_headers_cannot_smuggle_further_ones(value: str) -> None:
    async with serving() as server:
        rules = EgressRules(("127.0.0.1",), (), private=True)
        for headers in ({"X-Note": value}, {value: "x"}):
            called = await call_tool_in_run("http_get", {"url": server.url, "headers": headers}, egress=HttpEgress(rules))
            assert called.code == "egress_refused"
        assert server.requests == []


async def test_the_guarded_session_checks_redirects_that_aiohttp_follows_itself() -> None:
    async with serving() as outside, serving() as inside:
        rules = EgressRules((f"127.0.0.1:{outside.port}",), (), private=True)
        async with guarded_session(rules) as session:
            async with session.get(f"{outside.url}/ok") as response:
                assert response.status == 200
            with pytest.raises(EgressRefused):
                await session.get(f"{outside.url}/redirect", params={"to": inside.url})
            with pytest.raises(EgressRefused):
                await session.get(inside.url)
        assert inside.requests == []


async def test_the_httpx_transport_checks_names_addresses_and_redirects() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with serving() as outside, serving() as inside:
        rules = EgressRules((f"127.0.0.1:{outside.port}",), (), private=True)
        async with httpx2.AsyncClient(transport=guarded_httpx_transport(rules)) as client:
            assert (await client.get(f"{outside.url}/ok")).status_code == 200
            with pytest.raises(EgressRefused):
                await client.get(f"{outside.url}/redirect", params={"to": inside.url}, follow_redirects=True)
        async with httpx2.AsyncClient(transport=guarded_httpx_transport(EgressRules(), resolver=resolve)) as client:
            with pytest.raises(EgressRefused):
                await client.get(f"http://rebind.example.org:{inside.port}/")
        assert inside.requests == []


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as proxy, serving() as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        rules = EgressRules((f"127.0.0.1:{server.port}",), (), private=True)
        called = await call_tool_in_run("http_get", {"url": f"{server.url}/x"}, egress=HttpEgress(rules))
        assert called.result["success"] is True
        assert proxy.requests == []

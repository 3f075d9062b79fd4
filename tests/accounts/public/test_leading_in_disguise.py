"""What leads on from an official site does so too when it is written in code or as a number."""

from __future__ import annotations

import random
import time
from base64 import encodebytes, urlsafe_b64encode

import pytest

from accounts.public import answers
from accounts.references import DOUBTFUL
from accounts.server_names import is_odd_number
from tests.accounts.public.test_leading_on import SITE, answered, coded, is_plainly_official
from tests.gathering import each


def in_hex(text: str) -> str:
    return text.encode().hex()


@each(
    ("told", "host"),
    [
        (coded("evil.com/x"), "evil.com"),
        (coded("evil.com/x").rstrip("="), "evil.com"),
        (coded("evil.com?a=b"), "evil.com"),
        (coded("@evil.com"), "evil.com"),
        (coded("t.me/penipu"), "t.me"),
        (coded(coded("https://evil.com/x")), "evil.com"),
        (coded(coded(coded("evil.com/x"))), "evil.com"),
        (in_hex("https://evil.com"), "evil.com"),
        (in_hex("//evil.com"), "evil.com"),
        (in_hex("evil.com/masuk").upper(), "evil.com"),
        (f"0x{in_hex('evil.com')}", "evil.com"),
        (in_hex(coded("evil.com")), "evil.com"),
        # In letters of others, with signs that browsers take out, and in UTF-8 and code again.
        (coded("https://пенипу.com/x"), "пенипу.com"),
        (coded("//пенипу.com"), "пенипу.com"),
        (coded("https://evil。com/x"), "evil.com"),
        (coded("https://ev\til.com"), "evil.com"),
        (coded("https:/\t/evil.com"), "evil.com"),
        (coded("/\t/evil.com"), "evil.com"),
        (coded("\x01//evil.com"), "evil.com"),
        (coded("https://ev\u00adil.com"), "evil.com"),
        (coded("https%253A%252F%252Fevil.com"), "evil.com"),
        (in_hex("https://пенипу.com/x"), "пенипу.com"),
        (coded(in_hex("//пенипу.com")), "пенипу.com"),
        # Short ones, and one of several things that are handed on.
        (coded("ab.id"), "ab.id"),
        (coded("x.com"), "x.com"),
        (coded('{"next": "//evil.com/x", "id": 5}'), "evil.com"),
        (coded('["//evil.com"]'), "evil.com"),
        ("http://3232235777/", "192.168.1.1"),
        ("//3232235777", "192.168.1.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7f000001/masuk", "127.0.0.1"),
        ("0300.0250.1.1", "192.168.1.1"),
        ("017700000001:8080", "127.0.0.1"),
        ("103.789012", "103.12.10.20"),
        # Among other words, and with what a programme signed it.
        (coded('["evil.com"]'), "evil.com"),
        (coded('{"next":"evil.com/x"}'), "evil.com"),
        (coded("5|evil.com"), "evil.com"),
        (coded("a=1&next=evil.com"), "evil.com"),
        ("%5B%22evil.com%22%5D", "evil.com"),
        ("%5B%228.8.8.8%22%5D", "8.8.8.8"),
        ("5%7Cevil.com", "evil.com"),
        ("a,evil.com", "evil.com"),
        ("evil.com:1tFabc:sig", "evil.com"),
        (coded("evil.com:1tFabc:sig"), "evil.com"),
        (coded('["evil.com"]') + ":1tFabc:sig", "evil.com"),
        # Some servers stop reading at what is no number, and some read base64 as mail has it.
        (f"{in_hex('evil.com/x')}0", "evil.com"),
        (f"{in_hex('https://evil.com')}zz", "evil.com"),
        (coded(encodebytes(b"https://evil.com/" + b"x" * 90).decode()), "evil.com"),
        (coded("0x7f.1"), "127.0.0.1"),
        # In code as one of several parts.
        ("5|ZXZpbC5jb20=", "evil.com"),
        ("5%7CZXZpbC5jb20=", "evil.com"),
        ("a,ZXZpbC5jb20,b", "evil.com"),
        ("5:ZXZpbC5jb20=", "evil.com"),
        (coded("5|ZXZpbC5jb20="), "evil.com"),
        (f"5.{in_hex('evil.com/x')}", "evil.com"),
        # To some servers a name ends with such a sign.
        ("evil.com%00.kota.go.id", "evil.com"),
        (f"https://evil.com%00.{SITE}/x", "evil.com"),
        (f"https://evil.com%0d%0a.{SITE}", "evil.com"),
        (f"//evil.com%09.{SITE}", "evil.com"),
        (f"evil.com%2500.{SITE}", "evil.com"),
        (f"evil.com%7f.{SITE}", "evil.com"),
        (f"evil.com%C2%85.{SITE}", "evil.com"),
        (coded("https://x.com/samudrakota'/../evil"), "x.com"),
        # As programmes in pages write signs.
        ("%5Cu002f%5Cu002Fevil.com", "evil.com"),
        (r"\u{2f}\u{00002f}evil.com", "evil.com"),
        ("%5Cx2f%255Cx2fevil.com", "evil.com"),
        ("%5C057%5C057evil.com", "evil.com"),
    ],
)
def test_an_address_is_warned_of_in_code_and_as_a_number(told: str, host: str) -> None:
    for name in ("next", "to", "url", "redirect", "returnUrl", "tujuan"):
        (one,) = answered(f"https://{SITE}/login?{name}={told}")
        assert (one.verdict, one.leads_on_to) == ("official", host), name


@each(
    "told",
    [
        "https://x.com/samudrakota'/../evil", "//x.com/samudrakota'%2f..%2fevil",
        "https://x.com/samudrakota%22x/%252e%252e/evil", "https://x.com/samudrakota'/evil",
        "https://x.com/intent/user?screen_name=samudrakota'%26screen_name=evil",
        "https://kota.go.id/a'/../redirect/evil.ru",
    ],
)  # fmt: skip
def test_a_browser_goes_on_behind_the_marks_in_what_is_led_to(told: str) -> None:
    for place in ("/r?u=", "/redirect/", "/#/r?u=", "/login?next="):
        (one,) = answered(f"https://{SITE}{place}{told}")
        assert not is_plainly_official(one), place
        assert not one.leads_to, place
    for own in ("https://x.com/samudrakota'", "https://x.com/samudrakota?a'/../evil"):
        (one,) = answered(f"https://{SITE}/r?u={own}")
        assert one.leads_to == "x.com"


@each("sign", ["%3B", "%26", "%23", "%3F", ";", ".", "%20", "*"])
def test_signs_that_are_passed_over_hide_nothing(sign: str) -> None:
    for told in (f"aHR0{sign}cHM6Ly9ldmlsLmNvbS94", f"ZXZp{sign}bC5jb20v"):
        (one,) = answered(f"https://{SITE}/login?next={told}")
        assert not is_plainly_official(one), told


def test_the_signature_of_a_token_is_not_read_as_a_part_of_an_address() -> None:
    head = coded('{"alg":"HS256","typ":"JWT"}').rstrip("=")
    body = coded(f'{{"sub":"1","iss":"https://sso.{SITE}","iat":1732665600}}').rstrip("=")
    chance = random.Random(1)
    for _n in range(200):
        signed = urlsafe_b64encode(chance.randbytes(32)).decode().rstrip("=")
        (one,) = answered(f"https://{SITE}/sso?token={head}.{body}.{signed}")
        assert is_plainly_official(one), signed


def test_a_long_question_of_codes_and_tabs_is_answered_at_once() -> None:
    codes = "/".join(urlsafe_b64encode(f"//e{n}".encode()).decode() for n in range(110))
    began = time.process_time()
    answered(("\t".join([f"{SITE}/r"] * 15) + f"\t{SITE}/r?u={codes}")[:880])
    assert time.process_time() - began < 1.5, "it takes a tenth of that"


def test_a_whole_number_is_that_of_a_server_only_where_an_address_is_told() -> None:
    for name in ("url", "redirect_uri", "returnUrl"):
        for told in ("3232235777", coded("3232235777")):
            (one,) = answered(f"https://{SITE}/?{name}={told}")
            assert one.leads_on_to == "192.168.1.1", name
    for said in ("from=1732000000&to=1732665600", "target=1500000000", "loc=3276010001",
                 "tujuan=1234567890", "link=17031245", "site=31740001"):  # fmt: skip
        (one,) = answered(f"https://{SITE}/?{said}")
        assert is_plainly_official(one), said


@pytest.mark.parametrize(
    "told",
    [
        coded("evil.com/x"), in_hex("evil.com"), "0x7f.1", coded("пенипу.com"), coded("5|evil.com"),
        "%7B%22u%22:%22evil.com%22%7D", "evil.com:1tFabc:sig", f"evil.com%00.{SITE}",
    ],
)  # fmt: skip
def test_so_is_one_below_a_page_that_leads_on(told: str) -> None:
    (one,) = answered(f"https://{SITE}/redirect/{told}")
    assert one.leads_on_to


@each(
    "page",
    [
        # Words, what is the site's own, and what is searched for.
        f"/login?next={coded('/berita/2026/banjir')}", f"/login?next={coded(f'{SITE}/berita')}",
        f"/?return={coded('index.php?option=com_users&view=login')}", "/?next=pengumuman",
        f"/?next={in_hex('berita')}", f"/cari?q={coded('evil.com/x')}",
        "/?next=d41d8cd98f00b204e9800998ecf8427e",
        # Numbers of pages, days, amounts, telephones and people.
        "/?page=2", "/?page=1.2", "/?to=20261127", "/?to=27.11.2026", "/?to=11.2026", "/?to=1.500",
        "/?to=081234567890", "/?to=6281234567890", "/?to=198503122010011001", "/?page=0012",
        "/go/20491234", "/?id=3232235777",
        # Lines of a text, and words beside one another.
        "/?pesan=Baris%20satu%0D%0ABaris%20dua", "/?alamat=Jl.%20Merdeka%0ART%2005", "/?next=a%0A",
        "/?next=pengumuman|penerimaan,pegawai", "/?token=eyJhIjoxfQ.eyJiIjoyfQ.abc_DEF-123",
    ],
)  # fmt: skip
def test_words_and_numbers_that_are_no_address_stay_official(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert is_plainly_official(one)


@each(
    "told",
    [
        "javascript:alert(1)", "JavaScript%3Aalert(1)", "%20java%09script:x", "javascript%253Ax",
        "data:text/html,x", "data:text/html;base64,PGI+", coded("javascript:alert(1)"),
        coded('javascript:alert("hai dunia")'), coded("java\tscript:x"),
        coded("data:text/html,<b x>"), coded('{"next":"javascript:alert(1)"}'),
        "%7B%22next%22%3A%22javascript%3Aalert(1)%22%7D", coded('"javascript:alert(1)"'),
        "5%7Cjavascript:alert(1)", "javascript%26colon%3Balert(1)", "javascript%26%2358%3Balert(1)",
        "javascript&colon;alert(1)", "javascript&#58;alert(1)", "javascript&#x3a;alert(1)",
        "javascript&#58alert(1)", "java&Tab;script:alert(1)", "&#106;avascript:alert(1)",
        "5%7CamF2YXNjcmlwdDphbGVydCgxKQ", "javascript%5Cx3aalert(1)", "javascript%5C072alert(1)",
        r"\u006aavascript%5Cu003aalert(1)", r"javascript\u{3a}x",
    ],
)  # fmt: skip
def test_a_program_in_place_of_where_a_page_leads_is_doubted(told: str) -> None:
    for place in ("/login?next=", "/login?ref=", "/?a=b&to=", "/#/x?url=", "/?r=x/redirect/"):
        (one,) = answered(f"https://{SITE}{place}{told}")
        assert (one.verdict, one.reference.note) == (answers.UNREADABLE, DOUBTFUL), place
    (other,) = answered(f"https://{SITE}/cari?q={told}")
    assert is_plainly_official(other)


@each(
    "told",
    [
        "%3Cscript%3Ealert(1)%3C/script%3E", "%3Csvg/onload=alert(1)%3E", "%253Cimg%20src=x%253E",
        "%22%3E%3CIMG%20src=x%20onerror=alert(1)%3E", "%22%20autofocus%20onfocus=alert(1)%20x=%22",
        "%3Ciframe%20src=x%3E", "%26lt%3Bscript%26gt%3Bx", "%3Ca%20href=x%3E",
    ],
)  # fmt: skip
def test_markup_that_a_page_may_show_as_its_own_is_doubted_wherever_it_stands(told: str) -> None:
    for place in ("/cari?q=", "/?next=", "/#", "/?s=a&x=", "/cari/"):
        (one,) = answered(f"https://{SITE}{place}{told}")
        assert (one.verdict, one.reference.note) == (answers.UNREADABLE, DOUBTFUL), place


@each(
    "page",
    [
        "/redirect:https://evil.com", "/r?u=url:https://evil.com", "/r?u=,https://evil.com",
        "/r?u=(https://evil.com)", "/?next=view-source:https://evil.com", '/r?u="evil.com"',
        "/go;https://evil.com", "/go|https://evil.com", "/go,https://evil.com",
        "/gohttps://evil.com", "/#/go;https://evil.com", "/out;id5;https://evil.com",
        "/?redirect;https://evil.com", "/?next=5|https://evil.com", "/?next=5;https://evil.com",
        "/go,x.com/penipu", "/?next=5,x.com/penipu", '/go"evil.com/x"', "/go%22evil.com/x%22",
        "/go\t;https://evil.com", '/go"javascript:alert(1)"', "/?next=evil&#46;com",
        '/r?u="javascript:alert(1)"', '/r?u=["javascript:alert(1)"]', "/r?u=<javascript:alert(1)>",
    ],
)  # fmt: skip
def test_no_half_of_an_address_is_official_whose_target_a_sign_parts_from_it(page: str) -> None:
    assert not any(map(is_plainly_official, answered(f"https://{SITE}{page}")))


def test_a_list_of_addresses_stays_one() -> None:
    listed = answered(f'https://{SITE}/x,https://{SITE}/y;"https://{SITE}/z"')
    assert [is_plainly_official(one) for one in listed] == [True] * 3
    for text in (
        f"https://{SITE}/go;https://{SITE}/link|https://www.{SITE}/web",
        f"https://{SITE}/berita/1,https://x.com/samudrakota;https://kota.go.id",
        f'<a href="https://{SITE}/go">{SITE}/go</a>',
    ):
        assert all(map(is_plainly_official, answered(text))), text


@each(
    "page",
    [
        "/geoserver/wfs?filter=%3CFilter%3E%3CPropertyIsEqualTo/%3E%3C/Filter%3E", "/?umur=%3C17",
        "/cari?q=kelas%20online=gratis", "/online=1/daftar", "/?q=R%26D%3B", "/?q=a%20%3C%20b",
    ],
)  # fmt: skip
def test_other_angles_and_words_are_no_markup(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert is_plainly_official(one)


@pytest.mark.parametrize(
    "page", ["/%u002fevil.com", "/a%U002Fb", "/%25u002f%25u002fevil.com", "/a?next=%u0068ttp:"]
)
def test_code_that_only_some_servers_read_is_doubted(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert (one.verdict, one.reference.note) == (answers.UNREADABLE, DOUBTFUL)
    (other,) = answered(f"https://{SITE}/50%25u-turn")
    assert is_plainly_official(other)


def test_so_is_a_program_that_is_a_part_of_the_path() -> None:
    (one,) = answered(f"https://{SITE}/redirect/javascript:alert(1)")
    assert one.reference.note == DOUBTFUL
    (other,) = answered(f"https://{SITE}/belajar/javascript/1?q=/javascript:")
    assert is_plainly_official(other)


@each(
    "page",
    [
        # Fields of forms and parts of programmes, which are written as sites are.
        "/?id=5", "/?pegawai.id=5", "/a?pegawai.name=budi&pegawai.id=5", "/?mod=news.read",
        "/?act=berita.show&id=5", "/x/home.do", "/a//home.do", "/surat/masuk.do?kode=1.2.3.4",
        "/?menu=home.do",
        # Where a reader came from.
        "/?source=kemenkeu.go.id", "/?sumber=kemenkeu.go.id/berita", "/?ref=kemenkeu.go.id",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_site_is_not_doubted(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert is_plainly_official(one)


@each(
    "page",
    [
        "/?evil.id", "/?evil.id=", "/redirect?evil.id=5", "/?next=evil.id", "/?mod=evil.com",
        "/?mod=evil.read/x", "/?url=news.read", "/redirect?mod=news.read", "/redirect/home.do",
        "/login?source=evil.com", "/redirect?source=evil.com",
        # What has its scheme may be led to by any name.
        "/?source=https://kemenkeu.go.id", "/?ref=https://x.com", "/?pegawai.id=https://evil.com",
    ],
)  # fmt: skip
def test_but_where_it_may_be_led_to_it_is(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert not is_plainly_official(one)


@each("name", ["0", "5", "0x1", "1.2.3", "5.1.02.01", "256.1.70000", "berita", "1.2.3.4.5000", ""])
def test_few_numbers_are_those_of_servers_in_an_unusual_form(name: str) -> None:
    assert not is_odd_number(name)
    assert is_odd_number("0x7f.1")


@each(
    "page",
    [
        # A server puts it behind its own name: http://site.example + .support/masuk.
        "/login?next=.support/masuk", "/redirect?url=.com", "/?to=.me/x", "/redirect/.support/x",
        f"/login?next={coded('.support/masuk')}",
        # Apps open, with whoever they name.
        "/redirect?url=tg://resolve?domain=penipu", "/redirect?url=tg:resolve?domain=penipu",
        "/?next=whatsapp%3A%2F%2Fsend%3Fphone%3D628123", "/?to=instagram://user?username=penipu",
        "/?link=fb://profile/1", "/?tujuan=tel:081234567890", "/redirect/tg:resolve",
        f"/?next={coded('tg://resolve?domain=penipu')}",
        "/redirect?x=tg:resolve?domain=x", "/redirect?x=.support/masuk", "/redirect?.support/masuk",
        "/?next=.xn--p1ai/x", f"/redirect/{coded('javascript:alert(1)')}",
        f"/redirect/{coded('.support/masuk')}", f"/redirect?{coded('javascript:alert(1)')}",
        f"/redirect?{coded('tg://resolve?domain=x')}", f"/?to={coded(chr(0x1f) + 'javascript:x')}",
        # Without a name they may be the page that answers.
        "/#javascript:alert(1)", "/?javascript:alert(1)", "/redirect?javascript:alert(1)",
        # Whatever app a scheme is for, and also in code and as one of several parts.
        "/?next=search-ms:query=x", "/?next=skype:penipu?chat", "/?to=callto:08123",
        "/?next=line:x", "/?url=geo:0,0", "/?next=magnet:?xt=urn:x", "/?next=feed:x",
        "/?link=ftp:evil.com/x", "/redirect/search-ms:query", "/redirect?x=steam:run",
        f"/?next={coded('xmpp:penipu')}",
        "/?next=5%7Csearch-ms:query", f"/?next=5|{coded('search-ms:query')}",
        # Among other words, and below a page that leads on which only the browser knows.
        "/?next=%5B%22tg:resolve%22%5D", "/#/redirect/tg:resolve", "/?link=tel:1120811",
        # Nobody could tell these from what the owner of such a name or number has chosen.
        "/?page=.info", "/?link=tel:14022",
    ],
)  # fmt: skip
def test_what_may_open_something_else_than_a_page_is_doubted(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert (one.verdict, one.reference.note) == (answers.UNREADABLE, DOUBTFUL)


@each(
    "page",
    [
        "/index.php?title=Berkas:Logo.png", "/?returnto=Istimewa:Masuk", "/?next=./masuk",
        "/?next=../beranda", "/?page=.", "/.well-known/security.txt", "/?next=/a/.htaccess",
        "/?waktu=10:30", "/?q=tel:112", "/?pesan=tel:%20021-345", "/?lokasi=Jl.%20Merdeka",
        "/redirect/berita", "/?to=beranda", "/?next=Beranda", "/?link=profil-saya",
        "/?text=Banjir+di+Samudra+https%3A%2F%2Fsamudrakota.example%2Fberita%2F1",
        "/cctv?stream=rtsp://cctv.samudrakota.example/1", "/?file=ftp://ftp.samudrakota.example/a",
        "/?endpoint=wss://samudrakota.example/ws", "/?isi=Catatan://penting",
        "/?next=berita:12", "/?host=localhost:8000/x", "/?to=14:30", "/?loc=lat:-6.2%2Clng:106.8",
        "/?target=Berkas:Logo.png", "/?tujuan=Loket:%20A", "/?judul=info:banjir", "/#bagian:satu",
        "/?redirect_uri=urn:ietf:wg:oauth:2.0:oob", "/?link=mailto:humas@gmail.com",
        "/?link=tel:112", "/?link=tel:119", "/?loc=-6.2000,106.8167", "/?to=a|b,c.d",
        "/?target=%7B%22id%22:5,%22hal%22:1.5%7D", "/?next=%5B%22/berita/2.1%22%5D",
        # Below no page that leads on it is as an address in clear.
        "/0L/QtdC90LjQv9GDLmNvbQ==",
        "/?return=aW5kZXgucGhwP0l0ZW1pZD0xMDE=", "/?next=eyJpZCI6IDV9", "/?to=MTIzNDU2Nzg5MA==",
    ],
)  # fmt: skip
def test_pages_of_the_site_itself_are_not(page: str) -> None:
    (one,) = answered(f"https://{SITE}{page}")
    assert is_plainly_official(one)


def test_the_ending_of_agencies_is_no_page_that_leads_on() -> None:
    for page in ("/?q=tel:112", "/?judul=.info", "/a/.info", "/?gelar=whatsapp:x"):
        (one,) = answered(f"https://kota.go.id{page}")
        assert is_plainly_official(one), page

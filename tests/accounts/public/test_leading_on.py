"""No address of an official site that a server may lead on from is shown as plainly official."""

from __future__ import annotations

import re
from base64 import b64encode
from itertools import product
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from django.utils.translation import override

from accounts import file_endings, server_names
from accounts.public import answers, check_page, checking
from accounts.public.answers import Answer
from accounts.public.snapshot import PublicAccount
from govsocial.platforms.weighted import top_level_domains
from tests.accounts.public.test_published import answered as result
from tests.accounts.public.test_published import public
from tests.gathering import each

SITE = "samudrakota.example"
IN_JSON = '{"url":"https://evil.com"}'
OFFICIAL = public("feed", SITE, SITE)
OTHERS = (public("x", "", "samudrakota"), public("feed", "kota.go.id", "kota.go.id"))


def answered(text: str, *accounts: PublicAccount) -> list[Answer]:
    return list(result(text, *(accounts or (OFFICIAL, *OTHERS))).answers)


def coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_a_part_of_an_official_site_leads_on_as_the_site_itself() -> None:
    for address in (
        f"ppid.{SITE}/r?u=https://evil.com",
        f"login.{SITE}/redirect/evil.com",
        f"{SITE}/@admin?u=https://evil.com",
        f"{SITE}/users/admin?next=//evil.com",
    ):
        (one,) = answered(f"https://{address}")
        assert (one.leads_on_to, one.verdict) == ("evil.com", answers.UNKNOWN), address
        (shown,) = check_page.shown(result(f"https://{address}", OFFICIAL))
        with override("en"):
            assert "part" not in shown.words.lower()
    (one,) = answered(f"https://ppid.{SITE}/berita")
    assert one.site_above == OFFICIAL
    assert not one.leads_on_to


def is_plainly_official(one: Answer) -> bool:
    return one.verdict == answers.OFFICIAL and not one.leads_on_to


def opened(location: str) -> str:
    """The host to which a browser goes that the site sends to ``location``, if it is another."""
    plain = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33)))))
    found = re.match(r"(?:https?:)?[/\\]{2,}([^/\\?#]*)", plain, re.IGNORECASE)
    host = unquote(found[1].rpartition("@")[2]) if found else ""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    host, _colon, port = host.replace("。", ".").casefold().partition(":")
    if port.strip("0123456789"):
        return ""
    if re.fullmatch(r"0x[0-9a-f]+|\d+", host):
        number = int(host, 0)
        host = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    is_host = re.fullmatch(r"[\w.-]+", host)
    return host if is_host and "." in host and host != SITE else ""


def led_to(address: str) -> set[str]:
    """Where servers may lead on to: to the path without what they leave out, once more decoded or
    not, and to what they are told in the query, put behind their own address or not."""
    parts = urlsplit(re.sub(r"[\t\r\n]", "", address).replace("\\", "/"))
    paths = [parts.path, unquote(parts.path), unquote(unquote(parts.path))]
    paths += [re.sub(r"\s", "", path) for path in paths]
    told = [value for pair in parse_qsl(parts.query) for value in pair]
    told += [unquote(one) for one in (*told, parts.fragment, unquote(parts.fragment))]
    behind = [f"https://{SITE}{one}" for one in told if one[:1] and one[0] in ".@:"]
    # A number is hardly ever meant for a server there.
    behind += [f"https://{one}" for one in told if not re.match(r"\w*(?:[/\\?]|$)", one)]
    return {opened(one) for one in (*paths, *told, *behind)}


HOSTS = [
    "evil.example", "evil%2eexample", "evil%252eexample", "evil。example", "134744072",
    "0x08080808", "[2001:db8::1]", f"{SITE}@evil.example", "www.evil.example:443",
]  # fmt: skip
BEFORE = [
    "//", "///", "/\\", "/%5c", "/%2f", "/%252f", "/%09/", "/%0a/", "/%20/", "/x/..//",
    "/?u=//", "/?u=https://", "/?u=%20//", "/?u=%01//", "/?u=\\\\", "/r?u=", "/r?u=@", "/r?u=.",
    "/r?u=HTTPS%3A%2F%2F", "/r?u=https%253A%252F%252F", f"/r?u=https://{SITE}%26@",
    f"/r?u=https://{SITE}%20@", "/out#https://", "/out#//", "/r?utm_url=https://",
    "/r?fbclid=https://", "/r?ref_src=//", "?//", "/r?a=1&a=//", f"/{'a' * 190}?u=https://",
    f"/r?a={'a' * 480}&u=https://",
]  # fmt: skip
BEHIND = ["", "/", "/masuk", "%5c.html", "%2f.html", "/../x", "?a=b", "&a=b"]
EVIL = ("evil.example", "8.8.8.8", "[2001:db8::1]")


def test_what_leads_on_to_another_site_is_never_plainly_official() -> None:
    wrong, leading = [], 0
    for number, (before, host) in enumerate(product(BEFORE, HOSTS)):
        address = f"https://{SITE}{before}{host}{BEHIND[number % len(BEHIND)]}"
        if any(one.endswith(EVIL) for one in led_to(address)):
            leading += 1
            found = answered(address)
            wrong += [address] if any(map(is_plainly_official, found)) or not found else []
    assert leading > 200
    assert "\n".join(wrong) == ""


@each(
    "address",
    [
        # A zero-width space, a server that leaves out what stands behind ";", a name of a person.
        "/?u=%E2%80%8B//evil.example", "/;x/evil.example", "/r?u=:x@evil.example",
        "/r?u=x@evil.example/masuk", "/r?u=wa.me/6281234567890", "/r?u=evil.example/login",
        "/r?u=ftp://evil.example", "/r%3Fu=//evil.example", "/r?u=8.8.8.8/x", "/r?u=evil.example+",
        "/r?u=evil.example://", "/#..evil.example",
        "/..;/evil", "/kota/..;a=b/evil", ":443:evil", ":pw",
        # Also what is searched for is an address where it is written as one, and a parameter that
        # leads on does so whatever else is in its name or in that of the page.
        "/?s=https://evil.example", "/?s=//evil.example", "/?q=%5c%5cevil.example",
        "/?q=.evil.example", "/?q=:x@evil.example", "/?q=x@evil.example/masuk",
        "/?search_url=evil.example", "/?returnUrl=8.8.8.8", "/?redirecturl=8.8.8.8",
        "/redirect/?q=evil.example", "/r?kode=8.8.8.8", "/?id=8.8.8.8/x", "/?%75=8.8.8.8",
        "/?q=a&ke=8.8.8.8", "/?q=a%26u%3Devil.example", "/?q=s=evil.example", "/?q==evil.example",
        # Whether it is searched for nobody could tell, also of the site of an agency.
        "/?q=https://lapor.go.id", "/?media=https://evil.com", "/redirect?media=evil.com",
        "/#q=evil.example", "/?evil.example=1", "/?apa=evil.example",
        # Any part of the path or of what stands for it may be called as one that leads on.
        "/?page=redirect&q=evil.com", "/?q=evil.com&r=site/redirect", "/redirect/a.php?q=evil.com",
        "/?option=com_redirect&q=evil.com", "/?option=com_weblinks&task=weblink.go&q=evil.com",
        "/rEdIrEcT/a?q=evil.com", "/x;/out2/a?q=evil.com", "/%2572edirect/a?q=evil.com",
        "/?page=%72edirect&q=evil.com", "/?/redirect&q=evil.com", "/?id=out&q=evil.com",
        "/?redirect=1&q=evil.com",
        "/link-out/5/?q=evil.com", "/mod/url/a.php?q=evil.com", "/#/redirect?q=evil.com",
        "/#!/keluar/a?q=evil.com", "/redirect/#/cari?q=evil.com", "/?q=evil.com#/redirect",
        "/?page=redirect&kode=8.8.8.8", "/redirect?id=103.12.34.56", "/?link=103.12.34.56",
        # Of letters "keluar" says that they were sent, of nothing else that stands by them.
        "/keluar?cari=evil.com", "/keluar/surat?q=evil.com", "/user/keluar?nomor=8.8.8.8",
        "/surat/keluar?u=evil.com", "/surat/keluar?cari=https://evil.com", "/surat/keluar?evil.com",
        "/surat/keluar/link?q=evil.com", "/surat/keluar-link/a?q=evil.com",
        "/link-surat/keluar/a?q=evil.com", "/out/surat/keluar?q=evil.com",
        "/?page=surat/keluar.link&q=evil.com", "/?page=surat/keluar&r=keluar&q=evil.com",
        # A server may take away the first part of a path, as that of a language, or the stroke.
        "/id//evil.com", "/id/x//evil.com/masuk", "/id/%5cevil.com", "/id//x@evil.com:443/",
        "/id//8.8.8.8/x", "/.evil.com", "/%2eevil.com/masuk", "/:80@evil.com", "/..evil.com",
        # What stands in the path behind a page that leads on, below it or as its own part.
        "/redirect/evil.com/masuk", "/go/evil.com:443/x", "/go/user@evil.com", "/keluar/evil.com",
        "/redirect.php/id/evil.com", "/url/103.12.34.56", "/link/103.12.34.056/x", "/to/[2001::1]",
        "/proxy/https:/evil.com", "/proxy/https/evil.com", "/out/evil%252ecom", "/go;a=b/evil.com",
        "/redirect:evil.com", "/out,evil.com,5", "/go/arsip.zip/x", "/go/%5cevil.com%5c.html",
        f"/out/{SITE}/evil.com", "/surat/keluar/evil.com", "/surat/keluar/link/103.12.34.56",
        "/#/out/evil.com", "/?/redirect/evil.com", "/?r=site/redirect/evil.com",
        # A letter and an ending where a site is told, and what stands in brackets.
        "/go/t.me", "/out/x.com/masuk", "/r?u=t.me", "/?back=v.gd", "/out/(evil.com)",
        "/r?u=(evil.com)", "/a?b=%3Cevil.com%3E", "/go/%22evil.com%22",
        # In base64, of either alphabet, filled up or not, in a path, and with the scheme left out.
        f"/redirect?url={coded('https://evil.com/masuk')}", f"/a?t={coded('http://evil.com')}",
        f"/a?t={coded('https://evil.com').rstrip('=')}", f"/go/{coded('https://evil.com')}/x",
        f"/a?t={coded('HTTPS://evil.com/?a=~~~>>>')}", f"/a?t={coded('//evil.com')}",
        f"/a?t={coded('https://evil.com/?a=~~~>>>').replace('/', '_').replace('+', '-')}",
        f"/a?t={quote(quote(coded('https://evil.com/?a'), safe=''), safe='')}",
        f"/a;{coded('https://evil.com')}", f"/?{coded('https://evil.com')}",
        f"/a?t=+{coded('https://evil.com')}", f"/a?t=!{coded('https://evil.com')}",
        "/a?t=aHR0.cHM6,Ly9l*dmlsLmNvbQ", "/a?t=aHR0cHM6-Ly9ldmlsLmNvbS9sb2dpbg",
        "/a?t=aHR0cHM6_Ly9ldmlsLmNvbS9sb2dpbg", "/a?t=aHR0cDovL2V2aWwu+Y29t",
        "/a?t=aHR0cDov-L2V2aW+wuY29t",
        # Who has signed in is led back to where they came from.
        "/login?from=evil.com/login", "/login.php?ref=evil.com", "/masuk/?dari=evil.com",
        "/wp-login.php?via=evil.com", "/?page=sign-in&from=evil.com", "/#/login?from=evil.com",
        "/sso/x?from=t.me", "/surat/masuk/login?dari=evil.com",
        # Below a title that says that there are links.
        "/link-penting/kpu.go.id", "/links/evil.com", "/tautan-terkait/a/evil.com/masuk",
        # A referrer that says more than one page.
        "/a?utm_referrer=https://x.com?u=https://evil.com", "/a?utm_referrer=//evil.com",
        "/a?utm_referrer=https://x.com%26u=//evil.com", "/a?utm_referrer=https://x.com@evil.com",
        "/a?utm_referrer=a%26u%3Dhttps://evil.com", "/a?utm_referer=https://evil.com",
        # Of letters, goods and people that go no site is a part.
        "/mutasi/keluar/evil.com", "/mutasi/keluar/link/103.12.34.56", "/?go=&q=evil.com",
        # Endings of files that sites have too, where a site is told or nobody names a file so.
        "/redirect?url=penipu.ai", "/go/penipu.ai", "/out?to=penipu.md", "/link/arsip.zip",
        "/redirect?url=login.penipu.sh", "/go?to=bri.co.id.penipu.ai", "/r?u=.penipu.ai",
        "/r?u=@penipu.ai", "/r?u=penipu.ai%3Fa", "/.penipu.ai", "/a?x=bri.co.id.penipu.ai",
        # What stands before an "@" is no name of a person there, and what apps add ends at ";".
        "/redirect?url=info@evil.com", "/?to=x@gmail.com.evil.com", "/?to=x@gmail.com/masuk",
        "/?to=x@kantor.co", "/go/info@evil.com", "/redirect?fbclid=1;url=evil.com",
        "/?utm_source=a%26url%3Devil.com",
        # Names with signs that are no letters, and addresses among others in base64.
        "/redirect?url=\N{PILE OF POO}.la", "/redirect?url=i\N{HEAVY BLACK HEART}.ws",
        "/redirect?url=evil.भारत", f"/r?state={coded(IN_JSON)}",
        f"/r?u={coded('https%3A%2F%2Fevil.com')}", f"/r?u={coded('url=https://evil.com')}",
        "/pengalihan/evil.com", "/alihkan/evil.com", "/teruskan/evil.com", "/kunjungi/evil.com",
        "/pengalihan?q=evil.com", "/eksternal/evil.com/a", "/buka/evil.com",
        "/login-pegawai?from=evil.com", "/form_login.php?ref=evil.com", "/login2?from=evil.com",
        "/loginform?ref=evil.com", "/signin-oidc?from=evil.com", "/pegawai/login-sso?from=evil.com",
        "/daftar?dari=evil.com", "/index.php?page=form-login&ref=evil.com",
        "/r#evil.com=1?u=evil.com", "/redirect#evil.com=1",
        "/oauth/authorize?from=evil.com", "/saml?source=evil.com", "/verifikasi.php?ref=evil.com",
        "/otp?dari=evil.com", "/lupa-sandi?from=evil.com", "/reset-password?ref=evil.com",
        "/linkout/evil.com", "/lompat/evil.com", "/situs-luar/evil.com", "/https/evil.com",
        # Signs that browsers take for a part of a name, and a path that is an address further on.
        "/?next=!.evil.com", "/?next=%7E.evil.com/x", "/?next=a!b.evil.com", "/!.evil.com/masuk",
        "/redirect/!.evil.com", "/?q=!.evil.com", "/?next=/..//evil.com", "/?next=x/..//evil.com",
        "/?next=/.%5c/evil.com", "/?next=/%2e%2e//penipu.ai", f"/?next=https://{SITE}//evil.com",
        "/?next=../evil.com/x", "/?next=./evil.com", "/?next=.//8.8.8.8",
        "/outgoing/evil.com", "/outlink/evil.com/a", "/outlink?q=evil.com", "/fwd.php?q=evil.com",
        "/bounce/evil.com", "/pindah/evil.com", "/pindah.php?x=8.8.8.8", "/?page=alih&q=evil.com",
        # Nobody could tell these from a server that is led to.
        "/r/5.1.02.01", "/u/dr.ahmad.id", "/link/kpu.go.id",
        # Nobody knows what it says that is coded so often.
        f"/?u=http%{'25' * 9}3Aevil.com", f"/%{'25' * 5}2Fevil.com", f"/a?s=%{'25' * 4}41",
    ],
)  # fmt: skip
def test_nor_are_odder_ones(address: str) -> None:
    (one,) = answered(f"https://{SITE}{address}")
    assert not is_plainly_official(one)


@each(
    "address",
    [
        "/cari?q=10.30", "/cari?q=S.Kom", "/?email=budi@gmail.com", "/?f=laporan.pdf", "/?v=1.2.3",
        "/?f=laporan.zip", "/?user=budi.santoso", "//v1.2/x", "/search/x//v1.2/x", "/#bab-1.2",
        "//berkas.pdf", "//berkas.docx", "//app.js", "/a//app.min.css",
        "/?utm_source=chatgpt.com&utm_medium=a",
        "/?fbclid=IwAR0.x",
        f"/r?u=https://{SITE}/x", f"/r?u=https://www.{SITE}/x", f"/r?u=https://ppid.{SITE}",
        ":443/x", "/a;b/c",
        # Where a reader came from, a language, a person.
        "/berita?ref=google.com", "/berita?from=detik.com&via=x.com", "/a?lang=id.ID",
        "/a?pegawai=Budi.ST", "/?gelar=Lc.MA", "/?dokter=dr.Ahmad.SpA", "/?ketua=H.Ahmad.MM",
        "/?media=kompas.com", "/?instansi=kpu.go.id", "/?penerbit=gramedia.co",
        # Letters, at a server where everybody reads only their own.
        "/?to=budi@gmail.com", "/kontak?to=budi@gmail.com,sari@yahoo.co.id",
        # What is searched there, an order, a code, a version.
        "/?s=kpu.go.id", "/cari?q=evil.example/masuk&page=2", "/a?sort=user.name", "/a?v=1.2.3.4",
        "/a?orderBy=user.name", "/a?filter[nama]=rsud.id", "/a?kode_rekening=5.1.02.01",
        "/a?id=5.1.02.01", "/a?%71=kpu.go.id",
        "/a?id=300.1.2.3", "/a?kd_rek=5.1.2.1", "/a?kegiatan=5.2.2.1", "/a?klasifikasi=100.3.3.2",
        "/surat/keluar/2024?kode=1.03.02.05", "/cari?q=goto&kategori=tokopedia.com",
        "/search?q=kominfo.go.id&go", "/cari?judul=Redirect&kode=1.2.3.4",
        "/berita/page/2?q=kpu.go.id", "/web/a?s=kpu.go.id",
        "/index.php?page=berita&q=bkn.go.id", "/index.php?r=site/search&q=bkn.go.id",
        "/?option=com_search&searchword=kpu.go.id", "/w/index.php?search=kpu.go.id&go=Go",
        "/surat-keluar/a?q=kpu.go.id", "/?menu=surat-keluar&q=kpu.go.id", "/u-2/a?q=kpu.go.id",
        "/surat/keluar?cari=kpu.go.id", "/surat-keluar?q=kpu.go.id", "/Barang/Keluar/5?q=kpu.go.id",
        "/?page=surat/keluar&nomor=100.3.3.2", "/#/surat/keluar?kode=100.3.3.2",
        "/surat/keluar.php?nomor=100.3.3.2", "/mod/url/view.php?id=3&redirect=1",
        "/gotong-royong/a?q=kpu.go.id", "/bantuan-ke-warga/amp?v=1.2.3.4", "/?q=redirect",
        "/destination/a?q=kpu.go.id", "/murid/a?sort=user.name", "/#/berita?q=kpu.go.id",
        "/w/index.php?title=Kpu.go.id&redirect=no",
        "/cari?s=kpu.go.id#tautan", "/?tab=link&q=kpu.go.id", "/?page=redirect", "/redirect/",
        "/berita//judul", "/berita//judul.html", "/unduh//IMG.1.jpg", "/a//1.2/x", "/a//2024",
        "/a//arsip.zip", "/.well-known/security.txt", "/.htaccess", "/a/.b.co/c", "/id/evil.com",
        # Files, versions, codes and titles behind a page that leads on, and pages that are none.
        "/link/panduan.pdf", "/go/index.php", "/url/S.Kom", "/out/v1.2.3",
        "/link/kpu.go.id-diretas", "/link/Apa%20itu%20oss.go.id", "/layanan/keluar", "/go/a?id=5",
        "/surat/keluar/100.3.3.2/lihat", "/surat-keluar/kpu.go.id",
        "/web/kpu.go.id", "/kpu.go.id/bkn.go.id", "/?q=link/kpu.go.id", f"/redirect/www.{SITE}/x",
        # Of people that an office lets go, an empty field, where a reader came from, no address.
        "/mutasi/keluar/3.5.78.1", "/mutasi/keluar?cari=kpu.go.id", "/mutasi-keluar/3.5.78.1/a",
        "/?l=&q=kpu.go.id", "/?l&q=kpu.go.id", "/?l=id&q=kpu.go.id", "/?r=&q=kpu.go.id&page=2",
        "/a?utm_referrer=https://t.me/x", "/a?utm_referrer=https%3A%2F%2Fnews.google.com%2F",
        "/a?id=5&utm_referrer=kpu.go.id", "/a?utm_referrer=https%253A%252F%252Fx.com%252Fa-b",
        "/surat/masuk?dari=kpu.go.id", "/login?q=kpu.go.id", "/login?ref=google", "/a?gelar=S.Si",
        f"/a?t={coded('berita/2024/januari')}", "/a?token=aHR0cHM6Ly8", "/linkedin/kpu.go.id",
        f"/link/{SITE}", f"/link/www.{SITE}/x", f"/link/ppid.{SITE}", f"/r?u={coded(f'//{SITE}')}",
        "/?next=/a//berita.html", "/?next=../berkas.zip", "/?next=./profil/..", "/?returnUrl=~/a",
        "/?success=Tersimpan!.", "/berita/jum'at.html", "/?next=/a/../b/c.pdf",
        "/surat/outgoing/5.1.2.3", "/penduduk/pindah/3.5.78.1", "/pindah/datang?kode=32.73.05.1001",
        "/pindah-datang/a?q=kpu.go.id", "/alih-media/a?q=kpu.go.id", "/bounce?hal=2",
        "/buka-puasa/a?q=kpu.go.id", "/kunjungi/pantai", "/daftar-berita?q=kpu.go.id",
        "/verifikasi-faktual-partai?sumber=kpu.go.id", "/luar/kpu.go.id", "/lompat-jauh/kpu.go.id",
        "/blog-insights?from=kpu.go.id",
        # What the search box of Google and links to words on a page add behind "#".
        "/berita/1#gsc.tab=0", "/cari?q=a#gsc.tab=0&gsc.q=kpu.go.id&gsc.page=1",
        "/berita/1#:~:text=kpu.go.id", "/a#:~:text=https://www.kpu.go.id", "/a?file=rkpd.2026.zip",
        "/a?file=naskah.md",
        f"/id//www.{SITE}/x", "/a?q=50%25", f"/a?s=%{'25' * 3}41",
    ],
)  # fmt: skip
def test_what_leads_nowhere_stays_official(address: str) -> None:
    (one,) = answered(f"https://{SITE}{address}")
    assert is_plainly_official(one)
    assert one.leads_to == ""


@each(
    ("told", "own", "foreign"),
    [
        ("https://x.com/samudrakota", "x.com", ""),
        ("https://x.com/samudrakota&n=1", "x.com", ""),
        ("https%3A%2F%2Fkota.go.id%2Fx%3Fa%3Db", "kota.go.id", ""),
        ("kota.go.id", "kota.go.id", ""),
        ("https://x.com/penipu", "", "x.com"),
        ("https://x.com/samudrakota&v=https://x.com/penipu", "", "x.com"),
        ("https://kota.go.id/r?u=https://evil.example", "", "evil.example"),
        ("https://kota.go.id%2540evil.example", "", "evil.example"),
        ("https://kota.go.id:8443/", "", "kota.go.id"),
        ("https://ppid.kota.go.id", "", "ppid.kota.go.id"),
    ],
)
def test_what_is_led_to_may_be_official_itself(told: str, own: str, foreign: str) -> None:
    for page in ("/r?u=", "/redirect/", "/link/"):
        (one,) = answered(f"https://{SITE}{page}{told}")
        assert (one.verdict, one.leads_to, one.leads_on_to) == ("official", own, foreign)


@pytest.mark.parametrize("query", ["go{}&q=evil.com", "x=1&go{}&q=evil.com", "a;go{};q=evil.com"])
def test_a_parameter_without_a_value_is_the_same_with_its_sign_and_without(query: str) -> None:
    (one,), (other,) = (answered(f"https://{SITE}/?{query.format(sign)}") for sign in ("", "="))
    assert (one.verdict, one.leads_on_to) == (other.verdict, other.leads_on_to)
    # The first names a page; further on it is a button that was pressed.
    assert (one.verdict, is_plainly_official(one)) == ("official", query.startswith("x"))


def test_a_page_registered_with_an_address_in_it_is_official_and_no_other_one() -> None:
    page = "portal.example/go?to=https://lain.example/x"
    account = public("other", "portal.example", page)
    for behind, expected in (("", ""), ("#atas", ""), ("#//evil.example", "evil.example")):
        found = result(f"https://{page}{behind}", account)
        (one,) = found.answers
        assert (one.verdict, one.leads_on_to) == ("official", expected)
        # Of addresses that anybody makes up no answer is kept among those that are asked for again.
        assert found.is_about_known == (not expected)


def test_on_a_site_for_everybody_the_pages_of_others_are_foreign() -> None:
    account = public("other", "blogspot.com", "blogspot.com/kota")
    (one,) = answered("https://blogspot.com/kota?u=https://penipu.blogspot.com", account)
    assert one.leads_on_to == "penipu.blogspot.com"


@pytest.mark.parametrize(
    "address",
    ["/out#https://evil.example/", "/r?utm_url=//evil.example", "/#/out/evil.example"],
)
def test_what_may_lead_on_is_shown_and_asked_for_again_as_it_is(address: str) -> None:
    question = checking.read(f"https://{SITE}{address}", "")
    (one,) = question.references
    assert "evil.example" in one.shown
    assert checking.read(question.again, "") == question


def test_no_ending_of_files_is_that_of_a_site() -> None:
    assert not file_endings.FILES & top_level_domains()


@each(
    ("authority", "host"),
    [
        ("a:b@Evil.Example:443", "evil.example"),
        ("0300.0250.1", "192.168.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("[::1]:80", "[::1]"),
        ("кота.example", "xn--80atmq.example"),
        ("256.1.1.1", ""),
        ("1.2.3.4.5", ""),
        ("v1.2", ""),
        ("0x1", "0.0.0.1"),
        ("berita", ""),
        ("evil.example%2fx", ""),
        ("[::1", "[::1]"),
        ("[x]", ""),
    ],
)
def test_hosts_are_read_as_browsers_read_them(authority: str, host: str) -> None:
    assert server_names.host_of(authority) == host


@pytest.mark.parametrize("point", "。｡．")
@pytest.mark.parametrize("rest", ["／cari@evil.com", "？a@evil.com/masuk", "＃a@evil.com"])
def test_unusual_strokes_behind_unusual_points_are_a_part_of_the_name(
    point: str, rest: str
) -> None:
    for site in (SITE, "x.com"):
        for one in answered(f"https://{site.replace('.', point)}{rest}"):
            assert not is_plainly_official(one)
    (one,) = answered(f"https://{SITE.replace('.', point)}/cari")
    assert is_plainly_official(one)


def test_where_a_page_leads_is_reported_and_not_the_website_of_the_agency() -> None:
    with override("en"):
        words = [
            check_page.shown(result(address, OFFICIAL, *OTHERS))[0].report_words
            for address in (f"{SITE}/r?u=https://evil.example", "https://kota.evil.example/")
        ]
    assert words == ["Report this address", "Report this website"]

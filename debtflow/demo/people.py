"""Who are the demo's debtors? Invented people at places that exist, as rows of a creditor's placement file.

Telephone numbers end in 555-01xx (reserved for fiction) and e-mail addresses in example.com. City, ZIP and area code
belong together, because the time zones are read from them. Nobody lives where calling hours would not overlap with
the agency's day.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from debtflow.demo.placements import Row

FIRST = (
    *("Aaliyah", "Adaeze", "Ahmed", "Aiko", "Alejandra", "Alicia", "Amara", "Andre", "Angela", "Anika", "Antonio"),
    *("Arjun", "Ashley", "Ayesha", "Benjamin", "Brandon", "Brianna", "Camila", "Carlos", "Caroline", "Chen", "Chinedu"),
    *("Christina", "Clarence", "Daniela", "Darnell", "Deborah", "Derek", "Diego", "Dmitri", "Dolores", "Eduardo"),
    *("Elena", "Emeka", "Emily", "Eric", "Esperanza", "Fatima", "Felix", "Fiona", "Francisco", "Gabriela", "George"),
    *("Gloria", "Grace", "Hana", "Harold", "Hassan", "Heather", "Hiroshi", "Ines", "Isaac", "Jamal", "Janet", "Jerome"),
    *("Joaquin", "Jorge", "Julia", "Kaito", "Karen", "Keisha", "Kenneth", "Khadija", "Lamar", "Laura", "Leilani"),
    *("Linh", "Lucía", "Luis", "Mai", "Manuel", "Marcus", "Margaret", "Mateo", "Mei", "Michael", "Mohammed", "Monique"),
    *("Nadia", "Natalia", "Nathan", "Ngozi", "Nikhil", "Olga", "Omar", "Pamela", "Patrick", "Paulina", "Pedro", "Quan"),
    *("Rachel", "Rafael", "Rajesh", "Ramón", "Rebecca", "Renée", "Robert", "Rosario", "Ruth", "Samir", "Samuel"),
    *(
        "Sandra",
        "Shanice",
        "Siobhán",
        "Stanley",
        "Svetlana",
        "Tamika",
        "Teresa",
        "Thanh",
        "Timothy",
        "Tyrone",
        "Valeria",
    ),
    *("Vanessa", "Victor", "Vikram", "Wei", "Wendy", "William", "Ximena", "Yasmin", "Yusuf", "Zofia"),
)
LAST = (
    *("Abdi", "Adeyemi", "Aguilar", "Ali", "Anderson", "Andrews", "Baker", "Banerjee", "Barnes", "Begum", "Bennett"),
    *(
        "Bianchi",
        "Boateng",
        "Brennan",
        "Brooks",
        "Bui",
        "Campbell",
        "Castillo",
        "Chang",
        "Chavez",
        "Chowdhury",
        "Clark",
    ),
    *("Cohen", "Coleman", "Cruz", "Dang", "Delgado", "Desai", "Diaz", "Dixon", "Dubois", "Edwards", "Eze", "Fernández"),
    *("Fischer", "Fitzgerald", "Flores", "Foster", "Freeman", "Fujita", "Gomez", "Gonzales", "Graham", "Gupta", "Hall"),
    *("Haddad", "Hassan", "Hernandez", "Hoang", "Hughes", "Ibrahim", "Ivanov", "Jackson", "Jensen", "Johnson", "Joshi"),
    *("Kaminski", "Kapoor", "Kelly", "Khan", "Kim", "Kowalski", "Kumar", "Larsen", "Le", "Lewis", "Li", "Lopez"),
    *("Marshall", "Martinez", "McCarthy", "Mendoza", "Mensah", "Miller", "Mitchell", "Morales", "Moreno", "Murphy"),
    *("Nakamura", "Navarro", "Nelson", "Ng", "Novak", "Núñez", "O'Brien", "Obi", "Okeke", "Ortiz", "Osei", "Papadakis"),
    *("Park", "Patel", "Perez", "Peterson", "Pham", "Popescu", "Price", "Rahman", "Ramirez", "Reyes", "Rivera"),
    *("Robinson", "Rossi", "Ryan", "Salazar", "Sanchez", "Santos", "Schmidt", "Sharma", "Silva", "Simmons", "Singh"),
    *("Stewart", "Suzuki", "Takahashi", "Taylor", "Thompson", "Torres", "Tran", "Turner", "Vargas", "Vasquez", "Vega"),
    *("Volkov", "Walker", "Wang", "Washington", "Watanabe", "Williams", "Wong", "Wright", "Yang", "Young", "Zhang"),
)
STREETS = (
    *("Alder Court", "Birchwood Drive", "Cedar Street", "Chestnut Avenue", "Clover Lane", "Dogwood Road", "Elm Street"),
    *("Fairview Avenue", "Garfield Street", "Hawthorne Place", "Hillcrest Drive", "Jefferson Avenue", "Juniper Way"),
    *("Lakeview Terrace", "Laurel Street", "Lincoln Avenue", "Magnolia Boulevard", "Maple Street", "Meadow Lane"),
    *("Monroe Street", "Oakridge Drive", "Orchard Road", "Park Avenue", "Pine Street", "Prairie Avenue", "Ridge Road"),
    *(
        "River Street",
        "Rosewood Court",
        "Spruce Lane",
        "Sunset Drive",
        "Sycamore Street",
        "Valley Road",
        "Walnut Street",
    ),
)
# City, state, ZIP, area code.
PLACES = (
    *(("Chicago", "IL", "60614", "773"), ("Chicago", "IL", "60622", "312"), ("Aurora", "IL", "60505", "630")),
    *(("Peoria", "IL", "61604", "309"), ("Milwaukee", "WI", "53202", "414"), ("Madison", "WI", "53703", "608")),
    *(("Minneapolis", "MN", "55408", "612"), ("Des Moines", "IA", "50309", "515"), ("Omaha", "NE", "68102", "402")),
    *(("Kansas City", "MO", "64108", "816"), ("Saint Louis", "MO", "63103", "314"), ("Tulsa", "OK", "74103", "918")),
    *(("Dallas", "TX", "75204", "214"), ("Houston", "TX", "77006", "713"), ("Austin", "TX", "78701", "512")),
    *(("San Antonio", "TX", "78205", "210"), ("New Orleans", "LA", "70115", "504"), ("Memphis", "TN", "38103", "901")),
    *(("Nashville", "TN", "37203", "615"), ("Birmingham", "AL", "35203", "205"), ("Detroit", "MI", "48226", "313")),
    *(("Grand Rapids", "MI", "49503", "616"), ("Columbus", "OH", "43215", "614"), ("Cleveland", "OH", "44113", "216")),
    *(("Indianapolis", "IN", "46204", "317"), ("Pittsburgh", "PA", "15222", "412"), ("Buffalo", "NY", "14202", "716")),
    *(("Brooklyn", "NY", "11215", "718"), ("Newark", "NJ", "07102", "973"), ("Boston", "MA", "02116", "617")),
    *(("Atlanta", "GA", "30308", "404"), ("Charlotte", "NC", "28202", "704"), ("Miami", "FL", "33130", "305")),
    *(("Richmond", "VA", "23220", "804"), ("Denver", "CO", "80203", "303"), ("Salt Lake City", "UT", "84101", "801")),
    *(("Albuquerque", "NM", "87102", "505"), ("Phoenix", "AZ", "85004", "602"), ("Seattle", "WA", "98101", "206")),
    *(("Portland", "OR", "97205", "503"), ("Sacramento", "CA", "95814", "916"), ("Fresno", "CA", "93721", "559")),
)


@dataclass(frozen=True)
class Client:
    """A creditor of the demo: the prefix of its references, its trade, what it is usually owed (dollars)."""

    name: str
    prefix: str
    account_type: str
    least: int
    most: int
    contact: str
    rate: str
    branches: tuple[str, ...]


# The first three also have files waiting on the local SFTP server (debtflow/demo/placements.py).
CLIENTS = (
    Client(
        *("Northgate Hospital", "NGH", "medical", 120, 6200, "Ruth Albrecht", "0.2800"),
        ("Main campus", "Northside", "Children's"),
    ),
    Client(
        *("Summit Card Services", "SCS", "credit_card", 450, 9800, "Omar Reyes", "0.2200"),
        ("Classic", "Rewards", "Secured"),
    ),
    Client(
        *("Lakeshore Power & Light", "LPL", "utility", 65, 1400, "Jean Kowalczyk", "0.2500"),
        ("Residential", "Final bill"),
    ),
    Client(
        *("Cascade Bank", "CSB", "personal_loan", 900, 14500, "Priscilla Tan", "0.2000"),
        ("Retail", "Online"),
    ),
    Client(
        *("Blue Harbor Dental", "BHD", "medical", 85, 2900, "Dr. Neil Abrams", "0.3000"),
        ("Lincoln Park", "Evanston", "Oak Brook"),
    ),
)
NORTHWIND_CLIENTS = (
    Client(
        *("Pinecrest Credit Union", "PCU", "auto_loan", 700, 8800, "Tom Haskell", "0.2400"),
        ("Albany", "Utica"),
    ),
)


def rows(clients: tuple[Client, ...], count: int, placed: date, random: Random, first_number: int) -> Iterator[Row]:
    """That many valid rows; one debtor in twelve owes on two accounts of the same creditor."""
    previous: Row | None = None
    for number in range(first_number, first_number + count):
        if previous is not None and random.random() < 1 / 12:
            client = next(c for c in clients if c.name == previous["creditor_name"])
            person = {name: previous[name] for name in _PERSON}
            previous = None
        else:
            client = random.choice(clients)
            person = _person(client, number, random)
            previous = {**person, "creditor_name": client.name}
        yield {**person, **_claim(client, number, placed, random)}


_PERSON = (
    *("debtor_name", "debtor_external_ref", "debtor_ssn_last4", "debtor_email", "debtor_phone"),
    *("address_line1", "city", "state", "zip"),
)


def _person(client: Client, number: int, random: Random) -> Row:
    first, last = random.choice(FIRST), random.choice(LAST)
    city, state, zip_code, area = random.choice(PLACES)
    has_mail, has_phone, has_ssn = random.random() < 0.75, random.random() < 0.94, random.random() < 0.85
    return {
        "debtor_name": f"{first} {last}",
        "debtor_external_ref": f"{client.prefix}-D{number:06d}",
        "debtor_ssn_last4": f"{random.randrange(10_000):04d}" if has_ssn else "",
        "debtor_email": f"{_plain(first)}.{_plain(last)}{number % 97}@example.com" if has_mail else "",
        "debtor_phone": f"({area}) 555-01{random.randrange(100):02d}" if has_phone else "",
        "address_line1": f"{random.randrange(11, 9800)} {random.choice(STREETS)}",
        "city": city,
        "state": state,
        "zip": zip_code,
    }


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in ascii_only.lower() if letter.isalpha())


def _claim(client: Client, number: int, placed: date, random: Random) -> Row:
    # Most claims are small: the cube of an even chance.
    dollars = client.least + (client.most - client.least) * random.random() ** 3
    return {
        "external_ref": f"{client.prefix}-{number:06d}",
        "original_amount": str(Decimal(round(dollars * 100)) / 100),
        "due_date": (placed - timedelta(days=random.randrange(45, 420))).isoformat(),
        "creditor_name": client.name,
        "account_type": client.account_type,
        "client_branch": random.choice(client.branches),
    }

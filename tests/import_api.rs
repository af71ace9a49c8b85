//! Importing tables and workbooks over GraphQL, from a real server with a ledger.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "workbooks/archive.rs"]
mod archive;
#[path = "workbooks/office.rs"]
mod office;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "import_api/templates.rs"]
mod templates;

use archive::{Archive, cell};
use data_encoding::BASE64;
use office::{CYCLE, Office};
use serde_json::{Value, json};
use server::Server;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A server on the ledger of an office, and its operator.
struct Client {
    office: Office,
    server: Server,
    token: String,
}

impl Client {
    fn open() -> Client {
        Client::of(Office::open())
    }

    /// A client whose server decides by the policies that ship and one more.
    fn under(policy: &str) -> Client {
        let folder = support::policies(policy);
        let entries = format!("policies = '{}'\n", folder.display());
        Client::of(Office::with(&entries))
    }

    fn of(office: Office) -> Client {
        let server = Server::on_ledger(&office.settings);
        let file = office
            .settings
            .with_file_name("data")
            .join("operator.token");
        let token = std::fs::read_to_string(file).expect("the token");
        Client {
            office,
            server,
            token: format!("Authorization: Bearer {}", token.trim()),
        }
    }

    /// Imports; returns the payload.
    fn import(&self, input: &Value) -> Value {
        let query = "mutation($input: ImportTablesInput!) { importTables(input: $input) {
            entry repeated served unchanged warnings
            changes { kind summary file row replaces fields { column before after file row } }
            userErrors { code field message nearest } } }";
        let body = json!({ "query": query, "variables": { "input": input } }).to_string();
        let json = "Content-Type: application/json";
        let answer = self
            .server
            .send("POST /graphql", &[json, &self.token], &body);
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
        answer.body["data"]["importTables"].clone()
    }

    fn table(&self, request: &str, name: &str, text: &str, apply: bool) -> Value {
        self.import(&json!({
            "requestId": request, "cycle": CYCLE, "apply": apply,
            "tables": [{ "name": name, "text": text }],
        }))
    }

    /// Files a document; returns its SHA-256.
    fn file(&self, media_type: &str, bytes: &[u8]) -> String {
        let address = self.server.address();
        let mut stream = TcpStream::connect(address).expect("the server listens");
        write!(
            stream,
            "POST /documents HTTP/1.1\r\nHost: {address}\r\n{}\r\nContent-Type: {media_type}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.token,
            bytes.len()
        )
        .expect("the server reads");
        stream.write_all(bytes).expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let body: Value = serde_json::from_str(body).expect("JSON");
        body["sha256"].as_str().expect("a digest").to_owned()
    }

    fn head(&self) -> Value {
        self.server.ask("{ ledger { head { entry } } }")
    }

    /// Sends a file with the request.
    fn send_file(&self, request: &str, name: &str, bytes: &[u8], apply: bool) -> Value {
        let mut input = json!({
            "requestId": request, "apply": apply,
            "file": { "name": name, "base64": BASE64.encode(bytes) },
        });
        if name.ends_with(".csv") {
            input["cycle"] = CYCLE.into();
        }
        self.import(&input)
    }

    fn workbook(&self, request: &str, file: &Path, apply: bool) -> Value {
        let bytes = std::fs::read(file).expect("the workbook");
        let sha256 = self.file(XLSX, &bytes);
        self.import(&json!({ "requestId": request, "workbook": sha256, "apply": apply }))
    }
}

const ROW: &str = "body,measure,method,value\nsouth-of-tyne-and-wear,1b,self,4\n";

#[test]
fn a_table_is_shown_first_and_recorded_once() {
    let client = Client::open();
    let before = client.head();
    let shown = client.table("one", "judgements.csv", ROW, false);
    assert_eq!(client.head(), before, "a dry run left an entry");
    assert_eq!(shown["entry"], Value::Null);
    assert_eq!(
        shown["changes"],
        json!([{
            "kind": "judgement", "file": "judgements.csv", "row": 2, "replaces": 21,
            "summary": "self-assessment of south-of-tyne-and-wear on 1b: 4",
            "fields": [{ "column": "value", "before": "2", "after": "4", "file": null, "row": null }],
        }])
    );
    let recorded = client.table("one", "judgements.csv", ROW, true);
    let entry = recorded["entry"].as_u64().expect("an entry");
    assert_eq!(recorded["repeated"], false);
    assert_eq!(recorded["served"], true);
    // The same request enters nothing twice, also after others have changed the same record.
    let others = ROW.replace(",4", ",3");
    assert!(client.table("two", "judgements.csv", &others, true)["entry"].is_u64());
    let head = client.head();
    let again = client.table("one", "judgements.csv", ROW, true);
    assert_eq!(again["entry"].as_u64(), Some(entry), "{again}");
    assert_eq!(again["repeated"], true);
    assert_eq!(again["changes"], recorded["changes"], "another answer");
    assert_eq!(client.head(), head);
    // A request that says more than the first is another one.
    let more = format!("{ROW}south-of-tyne-and-wear,1c,self,4\n");
    let more = client.table("one", "judgements.csv", &more, true);
    assert_eq!(more["userErrors"][0]["code"], "REQUEST_ID_REUSED", "{more}");
    let reused = client.table("one", "judgements.csv", &others.replace("1b", "1c"), true);
    assert_eq!(
        reused["userErrors"][0]["code"], "REQUEST_ID_REUSED",
        "{reused}"
    );
    // What is recorded already changes nothing.
    let same = client.table("three", "judgements.csv", &others, true);
    assert_eq!(
        (&same["entry"], &same["unchanged"]),
        (&Value::Null, &json!(1))
    );
}

#[test]
fn a_workbook_is_filed_and_imported() {
    let client = Client::open();
    let file = client.office.template("metrics", "5KF");
    let unchanged = client.workbook("one", &file, true);
    assert_eq!(unchanged["changes"], json!([]), "{unchanged}");
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet3.xml", "D3", "103.5")
        .write(&file);
    let shown = client.workbook("two", &file, false);
    let change = &shown["changes"][0];
    assert_eq!(change["file"], "sheet Values", "{shown}");
    assert_eq!(
        change["fields"],
        json!([{ "column": "values.2005", "before": "104.1", "after": "103.5",
            "file": "sheet Values", "row": 3 }])
    );
    let recorded = client.workbook("two", &file, true);
    assert!(recorded["entry"].is_u64(), "{recorded}");
    let wrong = client.import(&json!({
        "requestId": "three", "cycle": "another/2009-10", "workbook": client.file(XLSX, &std::fs::read(&file).expect("it")),
    }));
    assert_eq!(wrong["userErrors"][0]["field"], "input.cycle", "{wrong}");
}

#[test]
fn mistakes_have_their_places_and_nothing_is_recorded() {
    let client = Client::open();
    let before = client.head();
    let errors = |answer: &Value| answer["userErrors"].clone();
    let wrong = ROW.replace("1b,self,4", "1bb,self,4") + "5KF,1b,self,9\n";
    let answer = client.table("one", "judgements.csv", &wrong, true);
    let first = &errors(&answer)[0];
    let message = first["message"].as_str().unwrap_or_default();
    assert!(
        message.starts_with("judgements.csv, row 2, column measure"),
        "{answer}"
    );
    assert_eq!(first["nearest"], "1b");
    assert_eq!(
        errors(&answer).as_array().map(Vec::len),
        Some(2),
        "{answer}"
    );
    // A rule of the ledger.
    let departure = "body,measure,method,value\n5KF,1b,self,4\n";
    let answer = client.table("two", "judgements.csv", departure, true);
    let text = answer.to_string();
    assert!(text.contains("row 2"), "{answer}");
    for (input, field) in [
        (
            json!({ "requestId": "a", "tables": [{ "name": "judgements.csv", "text": ROW }] }),
            "input.cycle",
        ),
        (json!({ "requestId": "b", "cycle": CYCLE }), "input.tables"),
        (
            json!({ "requestId": "c", "cycle": "no/such", "tables": [{ "name": "judgements.csv", "text": ROW }] }),
            "input.cycle",
        ),
        (
            json!({ "requestId": "d", "cycle": CYCLE, "tables": [{ "name": "judgement.csv", "text": ROW }] }),
            "input.tables[0].name",
        ),
        (
            json!({ "requestId": "e", "cycle": CYCLE, "tables": [{ "name": "judgements.csv" }] }),
            "input.tables[0]",
        ),
        (
            json!({ "requestId": "f", "cycle": CYCLE, "tables": [{ "name": "judgements.csv", "document": "0".repeat(64) }] }),
            "input.tables[0].document",
        ),
        (
            json!({ "requestId": "g", "workbook": "0".repeat(64) }),
            "input.workbook",
        ),
        (
            json!({ "requestId": "h", "workbook": "nothing" }),
            "input.workbook",
        ),
    ] {
        let answer = client.import(&input);
        assert_eq!(errors(&answer)[0]["field"], field, "{answer}");
    }
    let csv = client.file("text/csv", ROW.as_bytes());
    let answer = client.import(&json!({ "requestId": "i", "workbook": csv }));
    assert!(
        answer.to_string().contains("expected an Excel workbook"),
        "{answer}"
    );
    // A table can be a document as well.
    let answer = client.import(&json!({
        "requestId": "j", "cycle": CYCLE,
        "tables": [{ "name": "judgements.csv", "document": csv }],
    }));
    assert_eq!(
        answer["changes"].as_array().map(Vec::len),
        Some(1),
        "{answer}"
    );
    assert_eq!(client.head(), before);
    let body =
        json!({ "query": "mutation { importTables(input: { requestId: \"k\" }) { entry } }" });
    let json = "Content-Type: application/json";
    let answer = client
        .server
        .send("POST /graphql", &[json], &body.to_string());
    assert_eq!(answer.status, 401, "without a token: {answer:?}");
}

/// An OpenDocument workbook of a body's self-assessment with one value.
fn open_document(body: &str, measure: &str, value: &str) -> Archive {
    let row = |cells: &[&str]| {
        let cells = cells.iter().map(|text| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p>\
                 </table:table-cell>"
            )
        });
        format!(
            "<table:table-row>{}</table:table-row>",
            cells.collect::<String>()
        )
    };
    let table = |name: &str, rows: &[&[&str]]| {
        let rows: String = rows.iter().map(|cells| row(cells)).collect();
        format!("<table:table table:name=\"{name}\">{rows}</table:table>")
    };
    let about = table(
        "About",
        &[
            &["Kind", "self-assessment"],
            &["Cycle", CYCLE],
            &["Body", body],
            &["Format", "1"],
        ],
    );
    let headings = [
        "Measure",
        "Value",
        "Rationale",
        "Evidence",
        "Reason",
        "Author",
        "Date",
        "Source",
        "Inferred",
    ];
    let judgements = table("Judgements", &[&headings, &[measure, value]]);
    Archive::open_document(&format!("{about}{judgements}"))
}

#[test]
fn a_file_comes_with_the_request() {
    let client = Client::open();
    let before = client.head();
    let file = client.office.template("metrics", "5KF");
    Archive::read(&file)
        .with_cell("xl/worksheets/sheet3.xml", "D3", "103.5")
        .write(&file);
    let bytes = std::fs::read(&file).expect("the workbook");
    let shown = client.send_file("excel", "Metrics.XLSX", &bytes, false);
    assert_eq!(
        shown["changes"][0]["fields"],
        json!([{ "column": "values.2005", "before": "104.1", "after": "103.5",
            "file": "sheet Values", "row": 3 }]),
        "{shown}"
    );
    let file = client.office.file("self-assessment.ods");
    open_document("south-of-tyne-and-wear", "1b", "4").write(&file);
    let bytes = std::fs::read(&file).expect("the workbook");
    let shown = client.send_file("open document", "self-assessment.ods", &bytes, false);
    assert_eq!(shown["changes"][0]["file"], "sheet Judgements", "{shown}");
    let table = client.send_file("table", "judgements.csv", ROW.as_bytes(), false);
    let summaries = |answer: &Value| answer["changes"][0]["summary"].clone();
    assert_eq!(summaries(&table), summaries(&shown), "{table}");
    assert_eq!(client.head(), before, "a dry run left an entry");
    let recorded = client.send_file("open document", "self-assessment.ods", &bytes, true);
    assert!(recorded["entry"].is_u64(), "{recorded}");
    let again = client.send_file("open document", "self-assessment.ods", &bytes, true);
    assert_eq!(again["repeated"], true, "{again}");
    let same = client.send_file("once more", "judgements.csv", ROW.as_bytes(), true);
    assert_eq!(
        (&same["entry"], &same["unchanged"]),
        (&Value::Null, &json!(1))
    );
}

#[test]
fn a_file_that_is_not_read_says_why() {
    let client = Client::open();
    let before = client.head();
    let protected: Vec<u8> = [0xD0, 0xCF, 0x11, 0xE0]
        .into_iter()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (name, bytes, field, expected) in [
        (
            "a.xlsx",
            &protected[..],
            "input.file",
            "protected with a password",
        ),
        ("a.xlsx", b"nothing", "input.file", "not a readable Excel"),
        ("a.ods", b"", "input.file", "not a readable OpenDocument"),
        (
            "a.xls",
            b"x",
            "input.file.name",
            "save it as .xlsx, .ods or .csv",
        ),
        (
            "judgement.csv",
            b"x",
            "input.file.name",
            "the name of a table",
        ),
        ("judgements.csv", b"\xFF\xFE", "", "judgements.csv"),
        ("", b"x", "input.file.name", "it is empty"),
    ] {
        let answer = client.send_file(&format!("file {name}"), name, bytes, true);
        let mistake = &answer["userErrors"][0];
        assert_eq!(
            mistake["field"].as_str().unwrap_or_default(),
            field,
            "{answer}"
        );
        let message = mistake["message"].as_str().unwrap_or_default();
        assert!(message.contains(expected), "{name}: {answer}");
    }
    for (input, field) in [
        (
            json!({ "requestId": "a", "file": { "name": "judgements.csv", "base64": "" } }),
            "input.cycle",
        ),
        (
            json!({ "requestId": "b", "file": { "name": "a.ods", "base64": "?" } }),
            "input.file.base64",
        ),
        (
            json!({ "requestId": "c", "workbook": "0".repeat(64),
                "file": { "name": "a.ods", "base64": "" } }),
            "input.tables",
        ),
    ] {
        let answer = client.import(&input);
        assert_eq!(answer["userErrors"][0]["field"], field, "{answer}");
    }
    assert_eq!(client.head(), before);
}

/// Who may not see a body learns nothing of it from an import: it looks like one that does not exist.
#[test]
fn an_import_says_nothing_of_a_body_that_the_policy_hides() {
    let client = Client::under(
        "@id(\"hidden\") forbid (principal, action == Action::\"read\", resource is Body)
         when { resource.code == \"5KF\" };",
    );
    let before = client.head();
    // The second row is what the ledger has of 5KF.
    let tables = [
        (
            "judgements.csv",
            "body,measure,method,value\nCODE,board.1,panel,amber\n",
        ),
        (
            "judgements.csv",
            "body,measure,method,value\nCODE,board.1,panel,green\n",
        ),
        (
            "judgements.csv",
            "body,measure,method,value\nCODE,board.9,panel,green\n",
        ),
        (
            "evidence.csv",
            "id,body,kind,title\nplan,CODE,document,Plan\n",
        ),
        (
            "external_ratings.csv",
            "body,scheme,year,value\nCODE,quality,2007/08,good\n",
        ),
    ];
    for (at, (name, text)) in tables.into_iter().enumerate() {
        let [hidden, absent] = ["5KF", "5KY"].map(|code| {
            let text = text.replace("CODE", code);
            let answer = client.send_file(&format!("{at} {code}"), name, text.as_bytes(), true);
            answer.to_string().replace(code, "CODE")
        });
        assert_eq!(hidden, absent, "{name}: {text}");
        assert!(hidden.contains("\"userErrors\":[{"), "{hidden}");
        assert!(!hidden.contains("Gateshead"), "{hidden}");
    }
    // A neighbour of the hidden code is not corrected to it.
    let near = "body,measure,method,value\n5KFF,board.1,panel,amber\n";
    let answer = client.send_file("near", "judgements.csv", near.as_bytes(), true);
    assert!(!answer.to_string().contains("5KF\""), "{answer}");
    let file = client.office.file("hidden.ods");
    let [hidden, absent] = ["5KF", "5KY"].map(|code| {
        open_document(code, "1b", "4").write(&file);
        let bytes = std::fs::read(&file).expect("the workbook");
        let answer = client.send_file(&format!("ods {code}"), "hidden.ods", &bytes, true);
        answer.to_string().replace(code, "CODE")
    });
    assert_eq!(hidden, absent);
    assert_eq!(client.head(), before, "a refused import left an entry");
}

#[test]
fn an_import_of_too_many_changes_records_nothing() {
    let client = Client::open();
    let before = client.head();
    let mut table = "id,body,kind,title\n".to_owned();
    for at in 0..10_001 {
        writeln!(table, "item-{at},5KF,document,Item {at}").expect("text");
    }
    let sha256 = client.file("text/csv", table.as_bytes());
    let refused = client.import(&json!({
        "requestId": "many", "cycle": CYCLE, "apply": true,
        "tables": [{ "name": "evidence.csv", "document": sha256 }],
    }));
    assert_eq!(
        refused["userErrors"][0]["message"],
        "10001 records would be new or changed; one request may change 10000: send the rows in \
         several requests, or use `wcc import`",
        "{refused}"
    );
    assert_eq!(client.head(), before, "the refused import left an entry");
}

#[test]
fn hostile_workbooks_end_in_an_error_and_the_server_goes_on() {
    let client = Client::open();
    let before = client.head();
    let page = Archive::with_page("<c r=\"A1\" t=\"s\"><v>0</v></c>");
    let strings = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>{}</t></si>\
         </sst>",
        "x".repeat(400 << 20)
    );
    let relation = page.text("xl/_rels/workbook.xml.rels").replace(
        "</Relationships>",
        "<Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
         relationships/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
    );
    let bomb = page
        .with_part("xl/_rels/workbook.xml.rels", relation)
        .with_part("xl/sharedStrings.xml", strings);
    let mut merged = "<mergeCells>".to_owned();
    for row in 1..=1_000_000 {
        let _ = write!(merged, "<mergeCell ref=\"A{row}:B{row}\"/>");
    }
    merged.push_str("</mergeCells>");
    let rows = format!("<row r=\"1\">{}</row>", cell("A1", "x"));
    for (name, archive, expected) in [
        ("bomb", bomb, "more than 10 seconds or 256 MB"),
        (
            "merged",
            Archive::with_rows(&rows, &merged),
            "there is no sheet About",
        ),
        (
            "last column",
            Archive::with_page(&cell("XFD1", "x")),
            "has a cell in column 16384",
        ),
    ] {
        let file = client.office.file("hostile.xlsx");
        archive.write(&file);
        let start = Instant::now();
        let answer = client.workbook(name, &file, true);
        assert!(answer.to_string().contains(expected), "{name}: {answer}");
        assert!(start.elapsed().as_secs() < 60, "{name}");
        assert_eq!(
            answer["userErrors"][0]["field"], "input.workbook",
            "{answer}"
        );
    }
    assert_eq!(client.head(), before);
}

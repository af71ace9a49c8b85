//! GraphQL over HTTP, as a client sees it: statuses, media types and refusals. `tests/audit` also
//! runs the graphql-http audit.

#![allow(
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/client.rs"]
mod client;
#[path = "support/england.rs"]
mod england;
#[path = "support/server.rs"]
mod server;

use client::{Response, post, send};
use server::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use wcc_api::Settings;

const JSON: (&str, &str) = ("content-type", "application/json");
const NEW: (&str, &str) = ("accept", "application/graphql-response+json");
const GOOD: &[u8] = br#"{"query":"{ __typename }"}"#;

fn server() -> Server {
    Server::start(Settings::default())
}

fn message(response: &Response) -> String {
    let json = response.json();
    json["errors"][0]["message"].as_str().unwrap().to_owned()
}

#[test]
fn answers_in_the_requested_media_type() {
    let server = server();
    let media = |accept: &[(&str, &str)]| {
        let headers: Vec<_> = [JSON].into_iter().chain(accept.iter().copied()).collect();
        let response = send(server.address, "POST", "/graphql", &headers, GOOD);
        (
            response.status,
            response.header("content-type").unwrap().to_owned(),
        )
    };
    let json = (200, "application/json; charset=utf-8".to_owned());
    let new = (
        200,
        "application/graphql-response+json; charset=utf-8".to_owned(),
    );
    assert_eq!(media(&[]), json);
    assert_eq!(media(&[("accept", "*/*")]), json);
    assert_eq!(media(&[NEW]), new);
    assert_eq!(media(&[NEW, ("accept", "application/json;q=0.9")]), new);
    assert_eq!(media(&[("accept", "text/html")]).0, 406);
}

#[test]
fn a_mistake_in_the_query_is_400_or_200_in_the_old_media_type() {
    let server = server();
    for query in [
        "{",
        "{ nope }",
        "query($x: Int!) { __typename @include(if: $x) }",
    ] {
        let response = post(server.address, query);
        assert_eq!(response.status, 400, "{query}");
        let json = response.json();
        assert!(json.get("data").is_none(), "{json}");
        assert!(
            json["errors"][0]["extensions"]["code"].is_string(),
            "{json}"
        );
        let body = serde_json::json!({ "query": query }).to_string();
        let old = send(server.address, "POST", "/graphql", &[JSON], body.as_bytes());
        assert_eq!(old.status, 200, "{query}");
        assert_eq!(old.json(), json);
    }
    // A field that fails is not a mistake in the request.
    let response = post(server.address, "{ cycle(id: \"nothing\") { code } }");
    assert_eq!(response.status, 200);
    let json = response.json();
    assert_eq!(json["data"]["cycle"], serde_json::Value::Null);
    assert_eq!(json["errors"][0]["path"], serde_json::json!(["cycle"]));
    assert_eq!(json["errors"][0]["extensions"]["code"], "NOT_FOUND");
}

#[test]
fn accepts_plain_json_only() {
    let server = server();
    let status =
        |headers: &[(&str, &str)]| send(server.address, "POST", "/graphql", headers, GOOD).status;
    assert_eq!(status(&[JSON]), 200);
    assert_eq!(
        status(&[("content-type", "Application/JSON; charset=\"UTF-8\"")]),
        200
    );
    for refused in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonx",
        "application/json; charset=utf-16",
        "",
    ] {
        assert_eq!(status(&[("content-type", refused)]), 415, "{refused}");
    }
    assert_eq!(status(&[]), 415);
    assert_eq!(status(&[JSON, ("content-type", "text/plain")]), 415);
    assert_eq!(status(&[JSON, ("content-encoding", "gzip")]), 415);
}

#[test]
fn refuses_an_invalid_request() {
    let server = server();
    let deep = format!(
        "{{\"query\":\"{{ a }}\",\"x\":{}1{}}}",
        "[".repeat(40_000),
        "]".repeat(40_000)
    );
    let deep_variables = format!(
        "{{\"query\":\"{{ __typename }}\",\"variables\":{{\"x\":{}1{}}}}}",
        "[".repeat(40_000),
        "]".repeat(40_000)
    );
    let cases: [(&[u8], &str); 15] = [
        (b"", "the body must be a JSON object"),
        (b"{", "line 1"),
        (b"null", "the body must be a JSON object"),
        (b"[]", "batches"),
        (br#"[{"query":"{ __typename }"}]"#, "batches"),
        (br#" [{"query":"{ a }"},{"query":"{ a }"}]"#, "batches"),
        (b"{}", "`query` is missing"),
        (br#"{"query":null}"#, "`query` is missing"),
        (br#"{"query":1}"#, "`query` must be a string"),
        (
            br#"{"query":"{ a }","operationName":1}"#,
            "`operationName` must be a string",
        ),
        (
            br#"{"query":"{ a }","variables":[1]}"#,
            "`variables` must be an object",
        ),
        (
            br#"{"query":"{ __typename }","variables":{"x":-1e400}}"#,
            "`variables` has a number that is too large",
        ),
        (
            br#"{"query":"{ a }","extensions":"x"}"#,
            "`extensions` must be an object",
        ),
        (br#"{"query":"{ a }","query":"{ b }"}"#, "each member once"),
        (b"{\"query\":\"\xff\"}", "not UTF-8"),
    ];
    for (body, expected) in cases {
        let response = send(server.address, "POST", "/graphql", &[JSON, NEW], body);
        assert_eq!(response.status, 400, "{expected}: {response:?}");
        assert!(
            message(&response).contains(expected),
            "{}",
            message(&response)
        );
    }
    let response = send(
        server.address,
        "POST",
        "/graphql",
        &[JSON, NEW],
        deep.as_bytes(),
    );
    assert!(
        response.status == 400 || response.status == 200,
        "{response:?}"
    );
    let response = send(
        server.address,
        "POST",
        "/graphql",
        &[JSON, NEW],
        deep_variables.as_bytes(),
    );
    assert_eq!(response.status, 400);
    assert!(
        message(&response).contains("128 deep"),
        "{}",
        message(&response)
    );
}

#[test]
fn the_size_of_a_body_is_limited() {
    let server = server();
    let large = format!("{{\"query\":\"{{ __typename }}{}\"}}", " ".repeat(100_000));
    let response = send(
        server.address,
        "POST",
        "/graphql",
        &[JSON],
        large.as_bytes(),
    );
    assert_eq!(response.status, 413);
    assert!(message(&response).contains("maximum of 100000 bytes"));
    // A body without a stated length is limited too.
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
        .write_all(
            b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
              transfer-encoding: chunked\r\n\r\n",
        )
        .unwrap();
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000));
    for _ in 0..20 {
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

#[test]
fn get_is_for_queries() {
    let server = server();
    let get = |target: &str| send(server.address, "GET", target, &[NEW], b"");
    let response = get("/graphql?query=%7B__typename%7D");
    assert_eq!(response.text(), r#"{"data":{"__typename":"Query"}}"#);
    let response = get(
        "/graphql?query=query($i:Boolean!){__typename+@skip(if:$i)}&variables=%7B%22i%22:true%7D",
    );
    assert_eq!(response.text(), r#"{"data":{}}"#);
    for operation in ["mutation", "subscription"] {
        let response = get(&format!("/graphql?query={operation}%7Bx%7D"));
        assert_eq!(response.status, 405, "{operation}");
        assert_eq!(response.header("allow"), Some("POST"));
    }
    for (target, status) in [
        ("/graphql", 400),
        ("/graphql?query=%7Ba%7D&variables=[]", 400),
        ("/graphql?query=%7Ba%7D&query=%7Bb%7D", 400),
        ("/graphql?query=%ff", 400),
        ("/graphql?query=%7B__typename%7D&extensions=1", 400),
    ] {
        assert_eq!(get(target).status, status, "{target}");
    }
}

#[test]
fn other_methods_get_the_allowed_ones() {
    let server = server();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let response = send(server.address, method, "/graphql", &[], b"");
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), Some("GET, HEAD, POST"));
    }
    let response = send(server.address, "POST", "/graphiql", &[], b"");
    assert_eq!(
        (response.status, response.header("allow")),
        (405, Some("GET, HEAD"))
    );
    assert_eq!(
        send(server.address, "GET", "/nothing", &[], b"").status,
        404
    );
    for path in ["/livez", "/readyz"] {
        assert_eq!(send(server.address, "GET", path, &[], b"").text(), "ok\n");
    }
}

#[test]
fn an_unchanged_answer_is_not_sent_again() {
    let server = server();
    let target = "/graphql?query=%7Bcycles%7Bcode%7D%7D";
    let get = |headers: &[(&str, &str)]| send(server.address, "GET", target, headers, b"");
    let first = get(&[]);
    let tag = first.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"'), "strong: {tag}");
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    assert_eq!(first.header("vary"), Some("Accept, Authorization, Act-As"));
    let again = get(&[("if-none-match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    assert_eq!(get(&[("if-none-match", "\"other\"")]).status, 200);
    // Another media type is another representation.
    assert_eq!(get(&[NEW, ("if-none-match", &tag)]).status, 200);
    // HEAD has the same headers without the body.
    let head = send(server.address, "HEAD", target, &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag"), Some(tag.as_str()));
    // A refusal has none.
    let refused = send(server.address, "GET", "/graphql?query=%7B", &[], b"");
    assert_eq!(refused.header("etag"), None);
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    // Another revision has other tags.
    let mut programme = england::programme(12);
    programme.revision = "another".into();
    server.api.replace(programme);
    let changed = get(&[("if-none-match", &tag)]);
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
}

#[test]
fn if_none_match_any_matches_only_an_existing_answer() {
    let server = server();
    let any = ("if-none-match", "*");
    let get = |target: &str| send(server.address, "GET", target, &[NEW, any], b"");
    let good = get("/graphql?query=%7Bcycles%7Bcode%7D%7D");
    assert_eq!((good.status, good.body.len()), (304, 0));
    assert!(good.header("etag").is_some());
    for (target, status) in [
        ("/graphql", 400),
        ("/graphql?query=%7B", 400),
        ("/graphql?query=%7Bnothing%7D", 400),
        ("/graphql?query=mutation%7B__typename%7D", 405),
    ] {
        assert_eq!(get(target).status, status, "{target}");
    }
}

#[test]
fn a_persisted_query_is_answered_as_clients_expect() {
    let server = server();
    let hash = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
    let extensions = format!(r#"{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}}}"#);
    let alone = format!(r#"{{"operationName":"Q","variables":{{}},"extensions":{extensions}}}"#);
    let target = format!(
        "/graphql?extensions={}",
        extensions
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('"', "%22")
    );
    for (accept, status) in [(NEW, 400), (("accept", "application/json"), 200)] {
        for response in [
            send(
                server.address,
                "POST",
                "/graphql",
                &[JSON, accept],
                alone.as_bytes(),
            ),
            send(server.address, "GET", &target, &[accept], b""),
        ] {
            assert_eq!(response.status, status);
            assert_eq!(message(&response), "PersistedQueryNotSupported");
            assert_eq!(
                response.json()["errors"][0]["extensions"]["code"],
                "PERSISTED_QUERY_NOT_SUPPORTED"
            );
            assert_eq!(response.header("cache-control"), Some("no-store"));
        }
    }
    let both = format!(r#"{{"query":"{{ __typename }}","extensions":{extensions}}}"#);
    let response = send(
        server.address,
        "POST",
        "/graphql",
        &[JSON, NEW],
        both.as_bytes(),
    );
    assert_eq!(response.json()["data"]["__typename"], "Query");
    let other = r#"{"extensions":{"trace":true}}"#;
    let response = send(
        server.address,
        "POST",
        "/graphql",
        &[JSON, NEW],
        other.as_bytes(),
    );
    assert_eq!(
        (response.status, message(&response).as_str()),
        (400, "`query` is missing")
    );
}

#[test]
fn half_of_a_surrogate_pair_is_reported() {
    let server = server();
    for body in [
        r#"{"query":"{ pct(code: \"\ud83d\") { code } }"}"#,
        r#"{"query":"{ pct(code: \"\\ud83d\") { code } }"}"#,
        r#"{"query":"query($c: ID!) { pct(code: $c) { code } }","variables":{"c":"\ude00"}}"#,
        r#"{"query":"{ __typename }","operationName":"\ud83d"}"#,
    ] {
        let response = send(
            server.address,
            "POST",
            "/graphql",
            &[JSON, NEW],
            body.as_bytes(),
        );
        assert_eq!(response.status, 400, "{body}");
        let message = message(&response);
        assert!(
            message.contains("half of a surrogate pair"),
            "{body}: {message}"
        );
    }
}

#[test]
fn a_new_revision_forgets_every_answer() {
    let server = server();
    let count = |server: &Server| {
        let response = post(server.address, "{ cycles { pctCount } }");
        response.json()["data"]["cycles"][0]["pctCount"]
            .as_u64()
            .unwrap()
    };
    assert_eq!((count(&server), count(&server)), (12, 12));
    server.api.replace(england::programme(10));
    assert_eq!(count(&server), 10);
}

#[test]
fn every_response_has_the_security_headers() {
    let server = server();
    for (method, target) in [
        ("GET", "/graphiql"),
        ("GET", "/graphql?query=%7B__typename%7D"),
        ("GET", "/graphql"),
        ("DELETE", "/graphql"),
        ("GET", "/nothing"),
        ("GET", "/livez"),
    ] {
        let response = send(server.address, method, target, &[], b"");
        assert_eq!(
            response.header("x-content-type-options"),
            Some("nosniff"),
            "{target}"
        );
        assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(response.header("cache-control").is_some());
        assert!(response.header("access-control-allow-origin").is_none());
        assert!(response.header("x-request-id").is_some());
    }
    let id = |given| {
        let headers = [("x-request-id", given)];
        let response = send(server.address, "GET", "/livez", &headers, b"");
        response.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("abc-1.2_3"), "abc-1.2_3");
    assert_ne!(id("not sane"), "not sane");
    assert_ne!(id("x"), id("y y"));
}

#[test]
fn graphiql_comes_from_the_binary_alone() {
    let server = server();
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for target in ["/graphiql", "/graphql", "/graphql?query=%7B__typename%7D"] {
        let response = send(server.address, "GET", target, &browser, b"");
        assert_eq!(
            response.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';"), "{policy}");
        let page = response.text();
        assert!(!page.contains("://"), "a remote address: {page}");
        let mut files = 0;
        for part in page.split("\"/graphiql/").skip(1) {
            let path = format!("/graphiql/{}", part.split('"').next().unwrap());
            let file = send(server.address, "GET", &path, &[], b"");
            assert_eq!(file.status, 200, "{path}");
            assert!(file.header("cache-control").unwrap().contains("immutable"));
            assert!(!file.body.is_empty());
            files += 1;
        }
        assert_eq!(files, 5);
    }
    assert_eq!(
        send(server.address, "GET", "/graphiql/0/react.js", &[], b"").status,
        404
    );
}

#[test]
fn a_stopping_server_finishes_its_requests() {
    let mut server = server();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        GOOD.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let rest = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stream.write_all(GOOD).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    server.stop();
    let text = rest.join().unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!(
        text.ends_with(r#"{"data":{"__typename":"Query"}}"#),
        "{text}"
    );
    assert!(
        TcpStream::connect(server.address).is_err(),
        "still accepting"
    );
}

//! An HTTP client with a persistent connection, and the mutations that it sends.

use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// The mutation, which also requests the updated results of the region.
const RECORD: &str = "mutation($input: RecordJudgementInput!, $sha: ID!) {
    recordJudgement(input: $input) {
        entry served userErrors { code message }
        cycle { outputs(sha: $sha, first: 50) { edges { node {
            pct { code } components { value(method: CALIBRATED) } } } } }
    } }";

/// The parts of its answer that are checked. The client runs on the cores of the server, so it reads
/// no more than that.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, rename = "recordJudgement")]
    record_judgement: Recorded<'a>,
}

#[derive(Deserialize)]
struct Recorded<'a> {
    entry: i64,
    served: bool,
    #[serde(borrow)]
    cycle: Cycle<'a>,
}

#[derive(Deserialize)]
struct Cycle<'a> {
    #[serde(borrow)]
    outputs: Outputs<'a>,
}

#[derive(Deserialize)]
struct Outputs<'a> {
    #[serde(borrow)]
    edges: Vec<Edge<'a>>,
}

#[derive(Deserialize)]
struct Edge<'a> {
    #[serde(borrow)]
    node: Node<'a>,
}

#[derive(Deserialize)]
struct Node<'a> {
    #[serde(borrow)]
    pct: Pct<'a>,
}

#[derive(Deserialize)]
struct Pct<'a> {
    code: &'a str,
}

/// A measure of a PCT, whose calibrated level is repeatedly replaced.
pub struct Target {
    pub region: String,
    cycle: String,
    pct: String,
    measure: String,
    /// The entry in force, and the number of mutations sent so far.
    current_entry: Option<i64>,
    count: usize,
}

/// Every competency measure of every PCT of a cycle, alternating between the regions.
pub fn targets(address: &str, cycle: &str) -> Vec<Target> {
    let query = format!(
        "{{ cycle(id: \"{cycle}\") {{ framework {{ measures(areas: [\"competencies\"]) {{ code }} }}
           outputs(first: 200) {{ edges {{ node {{ pct {{ code sha {{ code }} }} }} }} }} }} }}"
    );
    let mut client = Client::new(address, "");
    let answer = client.send(&json!({ "query": query }));
    let cycle_read = &answer["data"]["cycle"];
    let measures = cycle_read["framework"]["measures"].as_array();
    let outputs = cycle_read["outputs"]["edges"].as_array();
    let (Some(measures), Some(outputs)) = (measures, outputs) else {
        panic!("{answer}");
    };
    let text = |value: &Value| value.as_str().expect("a code").to_owned();
    let mut by_region: HashMap<String, Vec<Target>> = HashMap::new();
    for measure in measures {
        for output in outputs {
            let pct = &output["node"]["pct"];
            let target = Target {
                region: text(&pct["sha"]["code"]),
                cycle: cycle.to_owned(),
                pct: text(&pct["code"]),
                measure: text(&measure["code"]),
                current_entry: None,
                count: 0,
            };
            by_region
                .entry(target.region.clone())
                .or_default()
                .push(target);
        }
    }
    let mut regions: Vec<Vec<Target>> = by_region.into_values().collect();
    regions.sort_by(|left, right| left[0].region.cmp(&right[0].region));
    let mut targets = Vec::new();
    while regions.iter().any(|region| !region.is_empty()) {
        targets.extend(regions.iter_mut().filter_map(Vec::pop));
    }
    targets
}

/// A connection to a server.
pub struct Client {
    stream: BufReader<TcpStream>,
    token: String,
    /// Makes request identifiers unique.
    name: String,
    sent: usize,
}

impl Client {
    pub fn new(address: &str, token: &str) -> Client {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let name = format!("{:?}", stream.local_addr().expect("an address"));
        let since = std::time::UNIX_EPOCH.elapsed().expect("a clock");
        Client {
            stream: BufReader::new(stream),
            token: token.to_owned(),
            name: format!("{name} {}", since.as_micros()),
            sent: 0,
        }
    }

    /// Records another level, and checks that the answer contains it.
    pub fn write(&mut self, target: Target) -> Target {
        self.sent += 1;
        let level = ["2", "3", "4"][target.count % 3];
        let answer = self.send_for_bytes(&json!({ "query": RECORD, "variables": {
            "sha": target.region,
            "input": {
                "requestId": format!("{} {}", self.name, self.sent),
                "cycle": target.cycle, "body": target.pct, "measure": target.measure,
                "method": "CALIBRATED", "value": level, "reason": "written by the benchmark",
                "supersedes": target.current_entry,
            },
        } }));
        let answer = String::from_utf8(answer).expect("text");
        let recorded = serde_json::from_str::<Answer<'_>>(&answer);
        let recorded = recorded.unwrap_or_else(|error| panic!("{error}: {answer}"));
        let recorded = recorded.data.record_judgement;
        let mut shown = recorded.cycle.outputs.edges.iter();
        assert!(
            recorded.served && shown.any(|edge| edge.node.pct.code == target.pct),
            "{answer}"
        );
        Target {
            current_entry: Some(recorded.entry),
            count: target.count + 1,
            ..target
        }
    }

    fn send(&mut self, body: &Value) -> Value {
        serde_json::from_slice(&self.send_for_bytes(body)).expect("JSON")
    }

    fn send_for_bytes(&mut self, body: &Value) -> Vec<u8> {
        let body = body.to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n\
             Accept: application/json\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len(),
        );
        let request = if self.token.is_empty() {
            request.replace("Authorization: Bearer \r\n", "")
        } else {
            request
        };
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("the server reads");
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).expect("it answers");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("it answers");
        body
    }
}

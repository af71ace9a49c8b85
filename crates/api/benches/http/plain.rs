//! The answers as plain structures, for the server that serialises them for each request.

use serde::{Deserialize, Serialize};

/// The envelope of GraphQL.
#[derive(Debug, Deserialize, Serialize)]
pub struct Data<T> {
    data: T,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Pct {
    code: String,
    name: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Titled {
    code: String,
    title: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Coded {
    code: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct FullMark {
    method: String,
    value: Option<String>,
    title: Option<String>,
    origin: String,
    rationale: Option<String>,
    author: Option<String>,
    date: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct LeanMark {
    method: String,
    value: Option<String>,
    title: Option<String>,
    origin: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct ShortMark {
    value: Option<String>,
    origin: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Cell<M> {
    measure: Titled,
    value: Option<String>,
    supported: Option<String>,
    marks: Vec<M>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct ShortCell {
    measure: Coded,
    marks: Vec<ShortMark>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    component: Titled,
    value: Option<String>,
    against_self: String,
    against_last_year: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct ShortComponent {
    component: Coded,
    value: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    value: Option<f64>,
    in_words: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Outcome {
    slot: i32,
    code: String,
    title: String,
    historic: Rate,
    national: Rate,
    aspiration: Rate,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Output<M> {
    pct: Pct,
    cells: Vec<Cell<M>>,
    components: Vec<Component>,
    outcomes: Vec<Outcome>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Overview {
    pct: Pct,
    components: Vec<ShortComponent>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Marks {
    pct: Pct,
    cells: Vec<ShortCell>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Edge<T> {
    node: T,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct One {
    output: Output<FullMark>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Many<T> {
    outputs: Connection<T>,
}

#[derive(Debug, Deserialize, Serialize)]
pub struct Two {
    before: Connection<Marks>,
    now: Connection<Marks>,
}

/// The answer to one of the four queries.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Plain {
    Q1(Box<Data<One>>),
    Q2(Data<Many<Overview>>),
    Q3(Data<Many<Output<LeanMark>>>),
    Q4(Data<Two>),
}

impl Plain {
    /// Reads the API's answer to query number `at` (from 0), and checks that serialising it gives
    /// the same bytes.
    pub fn read(at: usize, answer: &[u8]) -> Plain {
        let plain = match at {
            0 => Plain::Q1(serde_json::from_slice(answer).unwrap()),
            1 => Plain::Q2(serde_json::from_slice(answer).unwrap()),
            2 => Plain::Q3(serde_json::from_slice(answer).unwrap()),
            _ => Plain::Q4(serde_json::from_slice(answer).unwrap()),
        };
        let serialised = serde_json::to_vec(&plain).unwrap();
        assert!(
            serialised == answer,
            "query {} is not the same in plain structures",
            at + 1
        );
        plain
    }
}

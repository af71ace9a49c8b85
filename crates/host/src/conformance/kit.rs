//! The tests of the kit, one function for each line of the report.

use super::client::{self, Fault, LibraryClient};
use super::examples::{self, Example};
use super::report::Report;
use super::{check_contribution, read_manifest, sample, variations};
use crate::schema::{self, Verdict};
use crate::{Cause, Limits};
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Duration;
use wcc_plugin::{Answer, Contribution, Manifest, code, kind};

/// The result of one test: what was observed, or the fault.
pub(super) type TestResult = Result<String, Fault>;

pub(super) struct Kit {
    pub(super) client: LibraryClient,
    pub(super) manifest: Manifest,
    /// The kit's own region, followed by the plugin's examples.
    pub(super) cases: Vec<Example>,
}

impl Kit {
    pub(super) async fn run(&self, folder: Option<&Path>, report: &mut Report) {
        report.add("manifest again", self.check_manifest_again().await);
        match &self.manifest.settings {
            None => report.not_tried("settings schema", "the plugin takes no settings"),
            Some(schema) => report.add("settings schema", self.check_settings_schema(schema).await),
        }
        report.add("bad requests", self.check_bad_requests().await);
        let cases = match folder.map(examples::read) {
            None => {
                report.not_tried("own examples", "no folder given; use --examples FOLDER");
                Vec::new()
            }
            Some(Err(fault)) => {
                report.add("own examples", Err(fault));
                Vec::new()
            }
            Some(Ok(cases)) => {
                report.add("own examples", self.check_examples(&cases).await);
                cases
            }
        };
        let cases: Vec<&Example> = self.cases.iter().chain(&cases).collect();
        report.add("a region", self.check_answers(&cases).await);
        report.add("empty batch", self.check_empty_batch(&cases).await);
        report.add("one body", self.check_single_bodies(&cases).await);
        report.add("unknown fields", self.check_unknown_fields(&cases).await);
        report.add("unknown words", self.check_unknown_words(&cases).await);
        report.add("same answer twice", self.check_determinism(&cases).await);
        report.add("bodies shuffled", self.check_order(&cases).await);
        if self.manifest.whole_region {
            let why =
                "the manifest sets `whole_region`, so the plugin always receives a whole region";
            report.not_tried("region split", why);
        } else {
            report.add("region split", self.check_split(&cases).await);
        }
        if self.manifest.by_cluster {
            report.add("split by cluster", self.check_clusters(&cases).await);
        } else {
            let why =
                "the manifest does not set `by_cluster`, so the plugin receives a whole region";
            report.not_tried("split by cluster", why);
        }
        report.add("time", self.measure_time().await);
        report.add("memory", self.measure_memory().await);
    }

    /// Evaluates the schema with no settings, and with the defaults that it declares.
    async fn check_settings_schema(&self, schema: &Value) -> TestResult {
        let change = "write a JSON Schema that is evaluated in milliseconds; schemas that refer to each other several times at each level never finish";
        for settings in [Map::new(), sample::settings(&self.manifest)] {
            match schema::check(self.client.worker(), schema, &settings).await {
                Ok(Verdict::Valid | Verdict::InvalidSettings(_)) => {}
                Ok(Verdict::InvalidSchema(what)) => return Err(Fault::new(what, change)),
                Err(cause @ Cause::Start(_)) => return Err(Fault::from_cause(&cause)),
                Err(cause) => return Err(Fault::new(cause.to_string(), change)),
            }
        }
        Ok("evaluated in its own process".to_owned())
    }

    /// Sends a batch, and reads and checks the contribution.
    async fn contribution(&self, batch: &Value) -> Result<Contribution, Fault> {
        let request = client::request(batch);
        let answer = self.client.ask(&request).await;
        let answer = answer.map_err(|cause| Fault::from_cause(&cause))?;
        let contribution = client::read(&answer)?;
        let text = batch.to_string();
        let batch = serde_json::from_str(&text)
            .map_err(|error| Fault::new(error.to_string(), examples::CHANGE_BATCH))?;
        check_contribution(&contribution, &self.manifest, &batch).map_err(|fault| {
            let what = format!("the host rejects the answer: {fault}");
            Fault::new(what, "follow schemas/evaluate-answer.json and the documentation of `Contribution`: one result for each body, identifiers of the manifest, plain short text, finite numbers within the outcome's bounds")
        })?;
        Ok(contribution)
    }

    async fn check_manifest_again(&self) -> TestResult {
        let again = self.client.ask(br#""describe""#).await;
        let again = again.map_err(|cause| Fault::from_cause(&cause))?;
        let same = read_manifest(&again).is_ok_and(|again| again == self.manifest);
        if same {
            return Ok("the same".to_owned());
        }
        Err(Fault::new(
            "the second request to describe itself gave a different manifest",
            "build the manifest only from constants: no clock, no randomness, no state",
        ))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "there is a case, and its request is not empty"
    )]
    async fn check_bad_requests(&self) -> TestResult {
        let whole = client::request(&self.cases[0].batch);
        let cut = |parts: usize| whole[..whole.len() * parts / 10].to_vec();
        let deep = [b"{\"evaluate\":".as_slice(), &[b'['; 10_000]].concat();
        let requests: [(&str, Vec<u8>); 9] = [
            ("an empty request", Vec::new()),
            (
                "a request cut off after its first byte",
                whole[..1].to_vec(),
            ),
            ("a request cut off in the middle", cut(5)),
            (
                "a request without its last byte",
                whole[..whole.len() - 1].to_vec(),
            ),
            ("text that is not JSON", b"good morning".to_vec()),
            ("bytes that are not UTF-8", vec![0xff, 0xfe, 0x00, 0x80]),
            ("a request with an unknown name", b"\"dance\"".to_vec()),
            ("a batch that is a number", b"{\"evaluate\":1}".to_vec()),
            ("10,000 opening brackets", deep),
        ];
        let count = requests.len();
        for (name, request) in requests {
            let answer = self.client.ask(&request).await;
            let answer = answer.map_err(|cause| {
                let fault = Fault::from_cause(&cause);
                Fault::new(format!("{name}: {}", fault.what), &fault.change)
            })?;
            let outcome = match serde_json::from_slice(&answer) {
                Ok(Answer::<Value>::Error(error)) if error.code == code::BAD_REQUEST => continue,
                Ok(Answer::Error(error)) => format!("the error `{}`", error.code),
                Ok(Answer::Ok(_)) => "an answer".to_owned(),
                Err(error) => format!("text that is not JSON ({error})"),
            };
            return Err(Fault::new(
                format!("{name} gave {outcome}"),
                "read the request with a strict JSON reader, and answer {\"error\":{\"code\":\"bad_request\",\"message\":...}} if it is not valid",
            ));
        }
        Ok(format!("{count} kinds of garbage gave `bad_request`"))
    }

    async fn check_examples(&self, cases: &[Example]) -> TestResult {
        let mut compared = 0;
        for case in cases {
            let contribution = self.contribution(&case.batch).await;
            let contribution = contribution.map_err(|fault| fault.in_case(&case.name))?;
            let Some(expected) = &case.expected else {
                continue;
            };
            compared += 1;
            variations::same(expected, &contribution).map_err(|body| {
                let difference = variations::difference(&body, expected, &contribution);
                Fault::new(
                    format!(
                        "the result for `{body}` differs (- expected, + actual):\n{difference}"
                    ),
                    examples::CHANGE_CONTRIBUTION,
                )
                .in_case(&case.name)
            })?;
        }
        match cases.len() - compared {
            0 => Ok(format!("{compared} as expected")),
            without => Ok(format!(
                "{compared} as expected, {without} without a contribution.json (`wcc plugin run` \
                 writes one)"
            )),
        }
    }

    async fn check_answers(&self, cases: &[&Example]) -> TestResult {
        let mut findings = 0;
        for case in cases {
            let contribution = self.contribution(&case.batch).await;
            let contribution = contribution.map_err(|fault| fault.in_case(&case.name))?;
            let count = |result: &wcc_plugin::BodyResult| {
                result.findings.len() + result.ceilings.len() + result.outcomes.len()
            };
            findings += contribution.results.iter().map(count).sum::<usize>();
        }
        let count = cases.len();
        Ok(format!("{count} batches, {findings} items, all accepted"))
    }

    async fn check_empty_batch(&self, cases: &[&Example]) -> TestResult {
        for case in cases {
            let batch = variations::with_bodies(&case.batch, Vec::new());
            let contribution = self.contribution(&batch).await;
            contribution.map_err(|fault| fault.in_case(&case.name))?;
        }
        Ok("no bodies, no results".to_owned())
    }

    async fn check_single_bodies(&self, cases: &[&Example]) -> TestResult {
        let mut asked = 0;
        for case in cases {
            // The first and last body of each kind are enough to exercise missing clusters and
            // functions.
            for body in variations::representatives(&case.batch) {
                let name = variations::code_of(&body);
                let batch = variations::with_bodies(&case.batch, vec![body]);
                let contribution = self.contribution(&batch).await;
                let change = "treat a body whose cluster or functions are not in the batch like a body without them";
                contribution.map_err(|fault| {
                    Fault::new(format!("`{name}` alone: {}", fault.what), change)
                        .in_case(&case.name)
                })?;
                asked += 1;
            }
        }
        Ok(format!("{asked} bodies sent alone"))
    }

    async fn check_unknown_fields(&self, cases: &[&Example]) -> TestResult {
        for case in cases {
            let plain = self.contribution(&case.batch).await;
            let plain = plain.map_err(|fault| fault.in_case(&case.name))?;
            let more = self
                .contribution(&variations::with_unknown_fields(&case.batch))
                .await;
            let change = "ignore unknown fields: a later minor version may add some";
            let more = more.map_err(|fault| Fault::new(fault.what, change).in_case(&case.name))?;
            variations::same(&plain, &more).map_err(|body| {
                Fault::new(
                    format!("unknown fields change the result for `{body}`"),
                    change,
                )
                .in_case(&case.name)
            })?;
        }
        Ok("ignored".to_owned())
    }

    async fn check_unknown_words(&self, cases: &[&Example]) -> TestResult {
        for case in cases {
            let batch = variations::with_unknown_words(&case.batch);
            let change = "treat kinds of body, methods, measures, surveys and series as open lists: ignore what you do not know, and give every body a result";
            let contribution = self.contribution(&batch).await;
            contribution.map_err(|fault| Fault::new(fault.what, change).in_case(&case.name))?;
        }
        Ok("accepts a new kind of body, method, measure, survey and series".to_owned())
    }

    async fn check_determinism(&self, cases: &[&Example]) -> TestResult {
        for case in cases {
            let first = self.contribution(&case.batch).await;
            let first = first.map_err(|fault| fault.in_case(&case.name))?;
            let second = self.contribution(&case.batch).await;
            let second = second.map_err(|fault| fault.in_case(&case.name))?;
            variations::same(&first, &second).map_err(|body| {
                Fault::new(
                    format!("the result for `{body}` differs the second time"),
                    "compute the answer only from the batch: no clock (use `as_of`), no randomness, no addresses, no iteration order of a hash table",
                )
                .in_case(&case.name)
            })?;
        }
        Ok("in two processes".to_owned())
    }

    async fn check_order(&self, cases: &[&Example]) -> TestResult {
        for case in cases {
            let plain = self.contribution(&case.batch).await;
            let plain = plain.map_err(|fault| fault.in_case(&case.name))?;
            for batch in variations::shuffled(&case.batch) {
                let contribution = self.contribution(&batch).await;
                let contribution = contribution.map_err(|fault| fault.in_case(&case.name))?;
                variations::same(&plain, &contribution).map_err(|body| {
                    Fault::new(
                        format!("the result for `{body}` depends on the order of the bodies"),
                        "do not depend on the order of bodies: sort what a message lists, and look bodies up by code",
                    )
                    .in_case(&case.name)
                })?;
            }
        }
        Ok("the same in three orders".to_owned())
    }

    async fn check_split(&self, cases: &[&Example]) -> TestResult {
        let mut asked = 0;
        for case in cases {
            let whole = self.contribution(&case.batch).await;
            let whole = whole.map_err(|fault| fault.in_case(&case.name))?;
            for pct in variations::of_kind(&case.batch, kind::PCT) {
                let name = variations::code_of(&pct);
                let alone = variations::with_bodies(
                    &case.batch,
                    variations::related_bodies(&case.batch, &pct),
                );
                let contribution = self.contribution(&alone).await;
                let contribution = contribution.map_err(|fault| fault.in_case(&case.name))?;
                variations::same_for(&name, &whole, &contribution).map_err(|body| {
                    Fault::new(
                        format!("the result for `{body}` differs when only it, its cluster and its functions are sent"),
                        "compute a PCT's result only from the PCT, its cluster and its functions; if it depends on others, set `whole_region` in the manifest",
                    )
                    .in_case(&case.name)
                })?;
                asked += 1;
            }
        }
        Ok(format!("the same for each of {asked} PCTs by itself"))
    }

    async fn check_clusters(&self, cases: &[&Example]) -> TestResult {
        let mut asked = 0;
        for case in cases {
            let whole = self.contribution(&case.batch).await;
            let whole = whole.map_err(|fault| fault.in_case(&case.name))?;
            for group in variations::groups(&case.batch) {
                let alone = variations::with_bodies(&case.batch, group.sent);
                let found = self.contribution(&alone).await;
                let found = found.map_err(|fault| fault.in_case(&case.name))?;
                for body in &group.answered {
                    variations::same_for(body, &whole, &found).map_err(|body| {
                        Fault::new(
                            format!("the result for `{body}` differs when only its cluster, the cluster's PCTs and their functions are sent"),
                            "say of a PCT or cluster what follows from the cluster, its PCTs and their functions, and of a function or SHA what follows from it alone; or leave `by_cluster` out of the manifest",
                        )
                        .in_case(&case.name)
                    })?;
                }
                asked += 1;
            }
        }
        Ok(format!("the same for each of {asked} groups by itself"))
    }

    async fn measure_time(&self) -> TestResult {
        let single = self
            .median_time(&sample::of_pcts(&self.manifest, 1))
            .await?;
        let region = self
            .median_time(&sample::of_pcts(&self.manifest, 15))
            .await?;
        let nation = self
            .median_time(&sample::of_pcts(&self.manifest, 150))
            .await?;
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        Ok(format!(
            "{:.1} ms for 1 PCT, {:.1} ms for 15, {:.1} ms for 150 (limit {} s; including the start of the process)",
            milliseconds(single),
            milliseconds(region),
            milliseconds(nation),
            Limits::default().wall.as_secs(),
        ))
    }

    #[expect(clippy::indexing_slicing, reason = "there are three times")]
    async fn median_time(&self, batch: &Value) -> Result<Duration, Fault> {
        let request = client::request(batch);
        let mut times = Vec::new();
        for _ in 0..3 {
            let from = std::time::Instant::now();
            let answer = self.client.ask(&request).await;
            times.push(from.elapsed());
            answer.map_err(|cause| Fault::from_cause(&cause))?;
        }
        times.sort();
        Ok(times[1])
    }

    /// Finds the smallest of several limits under which the library answers for 150 PCTs.
    async fn measure_memory(&self) -> TestResult {
        let request = client::request(&sample::of_pcts(&self.manifest, 150));
        for mebibytes in [16u64, 32, 64, 128, 256, 512] {
            let answer = self.client.ask_within(&request, mebibytes << 20).await;
            let answered = answer.is_ok_and(|answer| client::read(&answer).is_ok());
            if answered {
                return Ok(format!(
                    "150 PCTs within {mebibytes} MiB of address space (limit 512)"
                ));
            }
        }
        Err(Fault::new(
            "no answer for 150 PCTs within 512 MiB of address space",
            "use less memory at a time, and do not reserve large areas",
        ))
    }
}

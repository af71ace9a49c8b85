//! The trials themselves, one function for each line.

use super::asker::{self, Asker, Fault};
use super::examples::{self, Example};
use super::report::Report;
use super::{check_contribution, read_manifest, sample, variations};
use crate::schema::{self, Verdict};
use crate::{Cause, Limits};
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Duration;
use wcc_plugin::{Answer, Contribution, Manifest, code, kind};

/// What one line of the kit found: in words, or the fault.
pub(super) type Found = Result<String, Fault>;

pub(super) struct Kit {
    pub(super) asker: Asker,
    pub(super) manifest: Manifest,
    /// The kit's own region, then the plugin's examples.
    pub(super) cases: Vec<Example>,
}

impl Kit {
    pub(super) async fn run(&self, folder: Option<&Path>, report: &mut Report) {
        report.add("manifest again", self.described_twice().await);
        match &self.manifest.settings {
            None => report.not_tried("settings schema", "it takes no settings"),
            Some(schema) => report.add("settings schema", self.settings_schema(schema).await),
        }
        report.add("bad requests", self.bad_requests().await);
        let cases = match folder.map(examples::read) {
            None => {
                report.not_tried("own examples", "not given; --examples FOLDER names them");
                Vec::new()
            }
            Some(Err(fault)) => {
                report.add("own examples", Err(fault));
                Vec::new()
            }
            Some(Ok(cases)) => {
                report.add("own examples", self.own_examples(&cases).await);
                cases
            }
        };
        let cases: Vec<&Example> = self.cases.iter().chain(&cases).collect();
        report.add("a region", self.answers(&cases).await);
        report.add("empty batch", self.empty(&cases).await);
        report.add("one body", self.one_body(&cases).await);
        report.add("unknown fields", self.unknown_fields(&cases).await);
        report.add("unknown words", self.unknown_words(&cases).await);
        report.add("same answer twice", self.twice(&cases).await);
        report.add("bodies shuffled", self.shuffled(&cases).await);
        if self.manifest.whole_region {
            let why = "the manifest says `whole_region`: it is always asked about all of a region";
            report.not_tried("region split", why);
        } else {
            report.add("region split", self.split(&cases).await);
        }
        if self.manifest.by_cluster {
            report.add("split by cluster", self.split_by_cluster(&cases).await);
        } else {
            let why = "the manifest does not say `by_cluster`: it is asked about all of a region";
            report.not_tried("split by cluster", why);
        }
        report.add("time", self.time().await);
        report.add("memory", self.memory().await);
    }

    /// Evaluates the schema with no settings, and with those that it suggests itself.
    async fn settings_schema(&self, schema: &Value) -> Found {
        let change = "write a JSON Schema that is evaluated in milliseconds; schemas that refer to one another several times at each level take for ever";
        for settings in [Map::new(), sample::settings(&self.manifest)] {
            match schema::check(self.asker.worker(), schema, &settings).await {
                Ok(Verdict::Fits | Verdict::DoesNotFit(_)) => {}
                Ok(Verdict::NoSchema(what)) => return Err(Fault::new(what, change)),
                Err(cause @ Cause::Start(_)) => return Err(Fault::of(&cause)),
                Err(cause) => return Err(Fault::new(cause.to_string(), change)),
            }
        }
        Ok("evaluated in a process of its own".to_owned())
    }

    /// Asks, reads and checks.
    async fn contribution(&self, batch: &Value) -> Result<Contribution, Fault> {
        let request = asker::request(batch);
        let answer = self.asker.ask(&request).await;
        let answer = answer.map_err(|cause| Fault::of(&cause))?;
        let found = asker::read(&answer)?;
        let text = batch.to_string();
        let batch = serde_json::from_str(&text)
            .map_err(|error| Fault::new(error.to_string(), examples::CHANGE_BATCH))?;
        check_contribution(&found, &self.manifest, &batch).map_err(|fault| {
            let what = format!("the host refuses its answer: {fault}");
            Fault::new(what, "keep to what schemas/evaluate-answer.json and the documentation of `Contribution` allow: one result for each body, identifiers of the manifest, plain short text, finite numbers within the outcome's bounds")
        })?;
        Ok(found)
    }

    async fn described_twice(&self) -> Found {
        let again = self.asker.ask(br#""describe""#).await;
        let again = again.map_err(|cause| Fault::of(&cause))?;
        let same = read_manifest(&again).is_ok_and(|again| again == self.manifest);
        if same {
            return Ok("the same".to_owned());
        }
        Err(Fault::new(
            "another manifest when asked again",
            "build the manifest from constants alone: no clock, no randomness, no state",
        ))
    }

    async fn bad_requests(&self) -> Found {
        let whole = asker::request(&self.cases[0].batch);
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
            ("text that is no JSON", b"good morning".to_vec()),
            ("bytes that are no UTF-8", vec![0xff, 0xfe, 0x00, 0x80]),
            ("a request of another name", b"\"dance\"".to_vec()),
            ("a batch that is a number", b"{\"evaluate\":1}".to_vec()),
            ("10,000 opening brackets", deep),
        ];
        let count = requests.len();
        for (name, request) in requests {
            let answer = self.asker.ask(&request).await;
            let answer = answer.map_err(|cause| {
                let fault = Fault::of(&cause);
                Fault::new(format!("{name}: {}", fault.what), &fault.change)
            })?;
            let said = match serde_json::from_slice(&answer) {
                Ok(Answer::<Value>::Error(error)) if error.code == code::BAD_REQUEST => continue,
                Ok(Answer::Error(error)) => format!("the error `{}`", error.code),
                Ok(Answer::Ok(_)) => "an answer".to_owned(),
                Err(error) => format!("no JSON ({error})"),
            };
            return Err(Fault::new(
                format!("{name} gave {said}"),
                "read the request with a strict JSON reader, and answer {\"error\":{\"code\":\"bad_request\",\"message\":...}} to whatever is none",
            ));
        }
        Ok(format!("{count} kinds of garbage gave `bad_request`"))
    }

    async fn own_examples(&self, cases: &[Example]) -> Found {
        let mut compared = 0;
        for case in cases {
            let found = self.contribution(&case.batch).await;
            let found = found.map_err(|fault| fault.in_case(&case.name))?;
            let Some(expected) = &case.expected else {
                continue;
            };
            compared += 1;
            variations::same(expected, &found).map_err(|body| {
                let difference = variations::difference(&body, expected, &found);
                Fault::new(
                    format!("another result for `{body}` (- expected, + found):\n{difference}"),
                    examples::CHANGE_CONTRIBUTION,
                )
                .in_case(&case.name)
            })?;
        }
        match cases.len() - compared {
            0 => Ok(format!("{compared} as expected")),
            without => Ok(format!(
                "{compared} as expected, {without} without a contribution.json (`wcc plugin run` \
                 prints one)"
            )),
        }
    }

    async fn answers(&self, cases: &[&Example]) -> Found {
        let mut findings = 0;
        for case in cases {
            let found = self.contribution(&case.batch).await;
            let found = found.map_err(|fault| fault.in_case(&case.name))?;
            let count = |result: &wcc_plugin::BodyResult| {
                result.findings.len() + result.ceilings.len() + result.outcomes.len()
            };
            findings += found.results.iter().map(count).sum::<usize>();
        }
        let count = cases.len();
        Ok(format!("{count} asked, {findings} items, all accepted"))
    }

    async fn empty(&self, cases: &[&Example]) -> Found {
        for case in cases {
            let batch = variations::with_bodies(&case.batch, Vec::new());
            let found = self.contribution(&batch).await;
            found.map_err(|fault| fault.in_case(&case.name))?;
        }
        Ok("no bodies, no results".to_owned())
    }

    async fn one_body(&self, cases: &[&Example]) -> Found {
        let mut asked = 0;
        for case in cases {
            // One of each kind, first and last of it: enough to meet what is missing then.
            for body in variations::representatives(&case.batch) {
                let name = variations::code_of(&body);
                let batch = variations::with_bodies(&case.batch, vec![body]);
                let found = self.contribution(&batch).await;
                let change =
                    "take a body whose cluster or functions were not sent as one without them";
                found.map_err(|fault| {
                    Fault::new(format!("`{name}` alone: {}", fault.what), change)
                        .in_case(&case.name)
                })?;
                asked += 1;
            }
        }
        Ok(format!("{asked} asked about alone"))
    }

    async fn unknown_fields(&self, cases: &[&Example]) -> Found {
        for case in cases {
            let plain = self.contribution(&case.batch).await;
            let plain = plain.map_err(|fault| fault.in_case(&case.name))?;
            let more = self
                .contribution(&variations::with_unknown_fields(&case.batch))
                .await;
            let change =
                "ignore fields that the protocol does not have: a later minor version adds some";
            let more = more.map_err(|fault| Fault::new(fault.what, change).in_case(&case.name))?;
            variations::same(&plain, &more).map_err(|body| {
                Fault::new(format!("another result for `{body}`"), change).in_case(&case.name)
            })?;
        }
        Ok("ignored".to_owned())
    }

    async fn unknown_words(&self, cases: &[&Example]) -> Found {
        for case in cases {
            let batch = variations::with_unknown_words(&case.batch);
            let change = "take kinds of body, methods, measures, surveys and series as open lists: leave out what you do not know, and give every body a result";
            let found = self.contribution(&batch).await;
            found.map_err(|fault| Fault::new(fault.what, change).in_case(&case.name))?;
        }
        Ok("a new kind of body, method, measure, survey and series are taken".to_owned())
    }

    async fn twice(&self, cases: &[&Example]) -> Found {
        for case in cases {
            let one = self.contribution(&case.batch).await;
            let one = one.map_err(|fault| fault.in_case(&case.name))?;
            let other = self.contribution(&case.batch).await;
            let other = other.map_err(|fault| fault.in_case(&case.name))?;
            variations::same(&one, &other).map_err(|body| {
                Fault::new(
                    format!("another result for `{body}` the second time"),
                    "answer from the batch alone: no clock (there is `as_of`), no randomness, no addresses, no order of a hash table",
                )
                .in_case(&case.name)
            })?;
        }
        Ok("in two processes".to_owned())
    }

    async fn shuffled(&self, cases: &[&Example]) -> Found {
        for case in cases {
            let plain = self.contribution(&case.batch).await;
            let plain = plain.map_err(|fault| fault.in_case(&case.name))?;
            for batch in variations::shuffled(&case.batch) {
                let found = self.contribution(&batch).await;
                let found = found.map_err(|fault| fault.in_case(&case.name))?;
                variations::same(&plain, &found).map_err(|body| {
                    Fault::new(
                        format!("another result for `{body}` when the bodies come in another order"),
                        "do not depend on the order of bodies: sort what a message lists, look bodies up by code",
                    )
                    .in_case(&case.name)
                })?;
            }
        }
        Ok("the same in three orders".to_owned())
    }

    async fn split(&self, cases: &[&Example]) -> Found {
        let mut asked = 0;
        for case in cases {
            let whole = self.contribution(&case.batch).await;
            let whole = whole.map_err(|fault| fault.in_case(&case.name))?;
            for pct in variations::of_kind(&case.batch, kind::PCT) {
                let name = variations::code_of(&pct);
                let alone = variations::with_bodies(
                    &case.batch,
                    variations::what_it_refers_to(&case.batch, &pct),
                );
                let found = self.contribution(&alone).await;
                let found = found.map_err(|fault| fault.in_case(&case.name))?;
                variations::same_for(&name, &whole, &found).map_err(|body| {
                    Fault::new(
                        format!("another result for `{body}` when only it, its cluster and its functions are sent"),
                        "say of a PCT what follows from it, its cluster and its functions; or, where others must be seen, set `whole_region` in the manifest",
                    )
                    .in_case(&case.name)
                })?;
                asked += 1;
            }
        }
        Ok(format!("the same for each of {asked} PCTs by itself"))
    }

    async fn split_by_cluster(&self, cases: &[&Example]) -> Found {
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
                            format!("another result for `{body}` when only its cluster, the PCTs of this and their functions are sent"),
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

    async fn time(&self) -> Found {
        let one = self
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
            "{:.1} ms for 1 PCT, {:.1} ms for 15, {:.1} ms for 150 (limit {} s; start of the process included)",
            milliseconds(one),
            milliseconds(region),
            milliseconds(nation),
            Limits::default().wall.as_secs(),
        ))
    }

    async fn median_time(&self, batch: &Value) -> Result<Duration, Fault> {
        let request = asker::request(batch);
        let mut times = Vec::new();
        for _ in 0..3 {
            let from = std::time::Instant::now();
            let answer = self.asker.ask(&request).await;
            times.push(from.elapsed());
            answer.map_err(|cause| Fault::of(&cause))?;
        }
        times.sort();
        Ok(times[1])
    }

    /// The least of the limits tried under which 150 PCTs are answered.
    async fn memory(&self) -> Found {
        let request = asker::request(&sample::of_pcts(&self.manifest, 150));
        for mebibytes in [16u64, 32, 64, 128, 256, 512] {
            let answer = self.asker.ask_within(&request, mebibytes << 20).await;
            let answered = answer.is_ok_and(|answer| asker::read(&answer).is_ok());
            if answered {
                return Ok(format!(
                    "150 PCTs within {mebibytes} MiB of address space (limit 512)"
                ));
            }
        }
        Err(Fault::new(
            "150 PCTs are not answered within 512 MiB of address space",
            "keep less at a time; reserve no large areas",
        ))
    }
}

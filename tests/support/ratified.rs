//! Has every self-assessment of a cycle submitted and ratified, as panel days require.

use crate::server::Server;
use crate::tokens::{self, send};
use std::path::Path;

/// Gives both approvals of every body of a cycle in a ledger, by the operator.
pub(crate) fn ratify(settings: &Path, cycle: &str) {
    let operator = [
        "--person", "operator", "--role", "operator", "--body", "Q30",
    ];
    let operator = tokens::issue(settings, &operator);
    let server = Server::on_ledger(settings);
    let query = format!(
        "{{ cycle(id: \"{cycle}\") {{ approvals {{ code state digest body {{ __typename code }} }} }} }}"
    );
    for code in ["submitted", "ratified"] {
        let answer = send(&server, Some(&operator), None, &query);
        let approvals = answer.body["data"]["cycle"]["approvals"].as_array();
        for approval in approvals.unwrap_or_else(|| panic!("{answer:?}")) {
            let body = approval["body"]["code"].as_str().expect("a body");
            let is_of_pct = approval["body"]["__typename"] == "Pct";
            if !is_of_pct || approval["code"] != code || approval["state"] == "APPROVED" {
                continue;
            }
            let mutation = format!(
                "mutation {{ approve(input: {{ requestId: \"{code} {body}\", cycle: \"{cycle}\", body: \"{body}\", \
                 approval: \"{code}\", digest: {} }}) {{ entry userErrors {{ message }} }} }}",
                approval["digest"]
            );
            let answer = send(&server, Some(&operator), None, &mutation);
            let entry = &answer.body["data"]["approve"]["entry"];
            assert!(entry.is_u64(), "{answer:?}");
        }
    }
}

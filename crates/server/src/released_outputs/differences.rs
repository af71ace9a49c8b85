//! What today's calculation of a released output would change.

use json_patch::PatchOperation;
use serde_json::Value;
use wcc_api::OutputDifference;

/// The differences between an output as it was released and as it is calculated today, both in JSON.
/// `today` is `None` if no output is calculated today. Text that is not JSON differs as a whole.
pub fn differences(released: &str, today: Option<&str>) -> Vec<OutputDifference> {
    let whole = || OutputDifference {
        path: String::new(),
        released: Some(released.to_owned()),
        today: today.map(str::to_owned),
    };
    let Some(calculated) = today else {
        return vec![whole()];
    };
    let parsed = (
        serde_json::from_str(released),
        serde_json::from_str(calculated),
    );
    let (Ok(mut released), Ok(today)) = parsed else {
        return if released == calculated {
            Vec::new()
        } else {
            vec![whole()]
        };
    };
    let patch = json_patch::diff(&released, &today);
    let mut differences = Vec::with_capacity(patch.len());
    for operation in patch.0 {
        differences.push(difference(&released, &operation));
        // Places in lists count what the operations before have changed.
        if json_patch::patch(&mut released, &[operation]).is_err() {
            break;
        }
    }
    differences
}

/// What one operation changes in an output.
fn difference(before: &Value, operation: &PatchOperation) -> OutputDifference {
    let path = operation.path().to_string();
    let released = match operation {
        PatchOperation::Add(_) => None,
        _ => before.pointer(&path).map(Value::to_string),
    };
    let today = match operation {
        PatchOperation::Add(added) => Some(added.value.to_string()),
        PatchOperation::Replace(replaced) => Some(replaced.value.to_string()),
        _ => None,
    };
    OutputDifference {
        path,
        released,
        today,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(released: &str, today: &str) -> Vec<String> {
        let differences = differences(released, Some(today)).into_iter();
        differences
            .map(
                |OutputDifference {
                     path,
                     released,
                     today,
                 }| { format!("{path}: {released:?} -> {today:?}") },
            )
            .collect()
    }

    #[test]
    fn each_difference_names_its_place_and_both_values() {
        let released = r#"{"level": "3", "marks": [1, 2, 3], "note": "x"}"#;
        let today = r#"{"level": "2", "marks": [1, 3], "why": null}"#;
        assert_eq!(
            shown(released, today),
            [
                "/level: Some(\"\\\"3\\\"\") -> Some(\"\\\"2\\\"\")",
                "/marks/1: Some(\"2\") -> Some(\"3\")",
                "/marks/2: Some(\"3\") -> None",
                "/why: None -> Some(\"null\")",
                "/note: Some(\"\\\"x\\\"\") -> None",
            ]
        );
        assert_eq!(shown(released, released), Vec::<String>::new());
        assert_eq!(shown("not JSON", "not JSON"), Vec::<String>::new());
        assert_eq!(shown("not JSON", "{}").len(), 1);
        let gone = differences("{}", None);
        assert_eq!(gone.len(), 1);
        assert_eq!(gone.first().and_then(|gone| gone.today.as_deref()), None);
    }
}

//! The output of the binary for every case of `examples/`, compared with the expected output.

mod support;

use support::{compare_with_file, printed, root};

fn scorecards_of(case: &str) {
    let folder = root().join("examples").join(case);
    let case = format!("examples/{case}");
    for (file, arguments) in [
        ("scorecards.txt", &["assure", &case][..]),
        ("full.txt", &["assure", &case, "--full"]),
    ] {
        let text = printed(arguments);
        compare_with_file(&folder.join("expected").join(file), &text);
    }
}

#[test]
fn south_staffordshire() {
    scorecards_of("south-staffordshire");
}

#[test]
fn south_of_tyne_and_wear() {
    scorecards_of("south-of-tyne-and-wear");
}

#[test]
fn north_east() {
    scorecards_of("north-east");
}

#[test]
fn another_regime() {
    scorecards_of("another-regime");
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    let once = || printed(&["assure", "examples/north-east"]);
    assert_eq!(once(), once());
}

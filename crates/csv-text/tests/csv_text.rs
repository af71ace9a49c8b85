//! Tables as CSV: what is in quotation marks, and that no text becomes a formula.

use wcc_csv_text::{csv_text, inert, quoted_csv_text, spreadsheet_csv};

#[test]
fn cells_that_need_quotation_marks_have_them() {
    let rows = [vec!["id", "title"], vec!["a", "Say \"yes\", or\nno"]];
    assert_eq!(csv_text(rows), "id,title\na,\"Say \"\"yes\"\", or\nno\"\n");
}

#[test]
fn rows_may_differ_in_length() {
    let rows = [vec!["a"], vec!["b", "c"]];
    assert_eq!(csv_text(rows), "a\nb,c\n");
}

#[test]
fn every_cell_can_have_quotation_marks() {
    assert_eq!(quoted_csv_text([[" a ", ""]]), "\" a \",\"\"\n");
}

#[test]
fn what_begins_like_a_formula_is_text() {
    for formula in ["=1+1", "+a", "-a", "@a", "\ta", "\ra", "-"] {
        assert_eq!(inert(formula), format!("'{formula}"));
    }
    for text in ["", "a=b", "-1.5", "+3", "-1e3", "1"] {
        assert_eq!(inert(text), text);
    }
    assert_eq!(spreadsheet_csv([["=A1", "-2"]]), "'=A1,-2\n");
}

//! The shapes of marks and notices. Each has a text alternative, and none needs its colour.

use maud::{Markup, html};
use wcc_document::model::{MarkKind, NoticeKind};

/// The class of a kind of mark.
pub(super) fn class(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Previous => "previous",
        MarkKind::SelfAssessment => "self",
        MarkKind::Panel => "panel",
        MarkKind::Calibrated => "calibrated",
        MarkKind::Supported => "supported",
    }
}

/// The shape of a kind of mark, with its text alternative; without one it is decoration.
pub(super) fn mark(kind: MarkKind, alternative: Option<&str>) -> Markup {
    let shape = html! {
        @match kind {
            MarkKind::Previous => circle cx="10" cy="10" r="6" {},
            MarkKind::SelfAssessment => rect.hollow x="4" y="4" width="12" height="12" {},
            MarkKind::Panel => path.hollow d="M3.5 10.5 8 15 16.5 4.5" {},
            MarkKind::Calibrated => path d="M10 2 18 10 10 18 2 10z" {},
            MarkKind::Supported => path.hollow d="M6 2.5h6v15h-6" {},
        }
    };
    html! {
        @if let Some(alternative) = alternative {
            svg.mark.(class(kind)) viewBox="0 0 20 20" role="img" aria-label=(alternative) {
                (shape)
            }
        } @else {
            svg.mark.(class(kind)) viewBox="0 0 20 20" aria-hidden="true" { (shape) }
        }
    }
}

/// The sign of a notice.
pub(super) fn notice(kind: NoticeKind, alternative: &str) -> Markup {
    html! {
        svg.sign viewBox="0 0 20 20" role="img" aria-label=(alternative) {
            @match kind {
                NoticeKind::Illustrative => {
                    rect.hollow x="2.5" y="2.5" width="15" height="15" stroke-dasharray="3 2" {}
                    path.hollow d="M6 14 9 8l3 3 2-5" {}
                },
                NoticeKind::NotChecked => {
                    path.hollow d="M10 2.5 18.5 17.5h-17z" {}
                    path.hollow d="M10 8v4.5M10 14.4v1" {}
                },
                NoticeKind::Use => {
                    circle.hollow cx="10" cy="10" r="7.5" {}
                    path.hollow d="M6.5 10.3 9 12.8l4.5-5.2" {}
                },
                NoticeKind::Note => {
                    circle.hollow cx="10" cy="10" r="7.5" {}
                    path.hollow d="M10 9v5M10 6v1" {}
                },
            }
        }
    }
}

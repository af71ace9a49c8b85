//! Commentary: which section shows which piece, and its pieces under their headings.

use crate::context::Context;
use crate::markdown;
use crate::model::{Block, Section};
use crate::recommendations;
use crate::words::{capitalised, paragraph, quiet, strong};
use wcc_core::RecordId;
use wcc_core::framework::{DocumentDefinition, DocumentSection};
use wcc_core::record::{Commentary, CycleRecord, Recommendation};

/// Which section of a document shows each piece of commentary.
pub(crate) struct Allocation<'a> {
    pieces: Vec<AllocatedPiece<'a>>,
}

struct AllocatedPiece<'a> {
    piece: &'a Commentary,
    section: Option<&'a DocumentSection>,
    /// The number of its headings that the section selected.
    selected: usize,
}

/// A piece of commentary with the headings that its section shows.
pub(crate) struct Piece<'a> {
    pub(crate) commentary: &'a Commentary,
    /// The last heading that selected it.
    pub(crate) title: Option<&'a str>,
    pub(crate) headings: &'a [Box<str>],
}

impl<'a> Allocation<'a> {
    /// Allocates the commentary on a body: each piece goes to the section that selects it by the
    /// longest path, and otherwise to the first section that selects everything.
    pub(crate) fn of(context: &Context<'a>, definition: &'a DocumentDefinition) -> Allocation<'a> {
        let mut sections = Vec::new();
        collect(&definition.sections, &mut sections);
        let pieces = context.cycle().records.commentary.iter();
        let pieces = pieces.filter(|piece| context.concerns(piece.body));
        let pieces = pieces.map(|piece| {
            let mut best: Option<(usize, usize, &DocumentSection)> = None;
            for section in &sections {
                let Some((depth, length)) = rank(section, piece) else {
                    continue;
                };
                if best.is_none_or(|(deep, long, _)| (depth, length) > (deep, long)) {
                    best = Some((depth, length, section));
                }
            }
            AllocatedPiece {
                piece,
                section: best.map(|(_, _, section)| section),
                selected: best.map_or(0, |(depth, _, _)| depth),
            }
        });
        Allocation {
            pieces: pieces.collect(),
        }
    }

    /// The pieces of a section.
    pub(crate) fn of_section(&self, section: &DocumentSection) -> Vec<Piece<'a>> {
        self.pieces_where(|own| own.is_some_and(|own| std::ptr::eq(own, section)))
    }

    /// The pieces that no section shows.
    pub(crate) fn others(&self) -> Vec<Piece<'a>> {
        self.pieces_where(|own| own.is_none())
    }

    fn pieces_where(&self, is: impl Fn(Option<&DocumentSection>) -> bool) -> Vec<Piece<'a>> {
        let pieces = self.pieces.iter().filter(|piece| is(piece.section));
        let pieces = pieces.map(|allocated| {
            let headings = &*allocated.piece.headings;
            let (selected, rest) = headings
                .split_at_checked(allocated.selected)
                .unwrap_or((headings, &[]));
            Piece {
                commentary: allocated.piece,
                title: selected.last().map(|heading| &**heading),
                headings: rest,
            }
        });
        pieces.collect()
    }
}

fn collect<'a>(sections: &'a [DocumentSection], all: &mut Vec<&'a DocumentSection>) {
    for section in sections {
        if section.content.has_headings() {
            all.push(section);
        }
        collect(&section.sections, all);
    }
}

/// How well a section selects a piece: the number of headings, then of their letters.
fn rank(section: &DocumentSection, piece: &Commentary) -> Option<(usize, usize)> {
    if section.headings.is_empty() {
        return Some((0, 0));
    }
    let matching = section.headings.iter().filter(|path| {
        path.len() <= piece.headings.len()
            && path
                .iter()
                .zip(&piece.headings)
                .all(|(wanted, heading)| begins(heading, wanted))
    });
    let ranks = matching.map(|path| (path.len(), path.iter().map(String::len).sum()));
    ranks.max()
}

/// Whether a heading begins with these words, whatever their case.
fn begins(heading: &str, wanted: &str) -> bool {
    let heading = heading.trim();
    let Some((start, rest)) = heading.split_at_checked(wanted.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(wanted) && !rest.starts_with(char::is_alphanumeric)
}

/// Pieces under their headings: what has none comes first, and the others make sections.
pub(crate) fn nested(context: &Context<'_>, pieces: &[Piece<'_>]) -> (Vec<Block>, Vec<Section>) {
    let mut blocks = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let Some((heading, _)) = piece.headings.split_first() else {
            blocks.extend(piece_blocks(context, piece.commentary));
            at += 1;
            continue;
        };
        let rest = pieces.get(at..).unwrap_or_default().iter();
        let under = rest.take_while(|other| other.headings.first() == Some(heading));
        let under: Vec<Piece<'_>> = under
            .map(|other| Piece {
                commentary: other.commentary,
                title: other.title,
                headings: other.headings.get(1..).unwrap_or_default(),
            })
            .collect();
        at += under.len().max(1);
        let (blocks, inner) = nested(context, &under);
        sections.push(Section {
            title: heading.to_string(),
            blocks,
            sections: inner,
            ..Section::default()
        });
    }
    (blocks, sections)
}

/// The text of a piece. If it is on the group, it says so.
fn piece_blocks(context: &Context<'_>, piece: &Commentary) -> Vec<Block> {
    let mut blocks = markdown::blocks(&piece.text);
    if piece.body != context.output.body {
        let name = context.name(piece.body);
        blocks.push(quiet(format!("On {name}, assured once.")));
    }
    blocks
}

/// The main areas: each piece with its headline, and the recommendations on the same subjects.
pub(crate) fn headlines(
    context: &Context<'_>,
    pieces: &[Piece<'_>],
    shown: &mut Vec<RecordId>,
) -> Vec<Section> {
    let sections = pieces.iter().map(|piece| {
        let own = Piece {
            commentary: piece.commentary,
            title: None,
            headings: piece.headings,
        };
        let (mut blocks, sections) = nested(context, &[own]);
        for recommendation in following(context, piece.commentary) {
            shown.push(recommendation.id());
            let text = markdown::line(&recommendation.text);
            blocks.push(paragraph(strong("Recommendation: ").followed_by(text)));
            let remarks = recommendations::remarks(context, recommendation, false);
            if !remarks.is_empty() {
                blocks.push(quiet(capitalised(&remarks.join("; "))));
            }
        }
        let heading = piece.title.map(str::to_owned);
        Section {
            title: heading.unwrap_or_else(|| "Commentary".to_owned()),
            blocks,
            sections,
            ..Section::default()
        }
    });
    sections.collect()
}

/// The recommendations that are on a subject of a piece.
fn following<'a>(
    context: &Context<'a>,
    piece: &'a Commentary,
) -> impl Iterator<Item = &'a Recommendation> {
    let recommendations = context.cycle().records.recommendations.iter();
    let body = piece.body;
    recommendations.filter(move |recommendation| {
        let mut about = recommendation.about.iter();
        recommendation.body == body && about.any(|topic| piece.about.contains(topic))
    })
}

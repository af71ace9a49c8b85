//! Reads the folders and files beside this one and compares with what is expected of them.
//!
//! `UPDATE=1 cargo test -p wcc-case` writes the expectations anew.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod frameworks;
#[cfg(test)]
mod line_ends;
#[cfg(test)]
mod never_panics;
#[cfg(test)]
mod organisations;
#[cfg(test)]
mod quotes;
#[cfg(test)]
mod real;
#[cfg(test)]
mod support;

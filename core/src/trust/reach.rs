//! How far what an authority says reaches, and whose word ends it: what the ledger asks of recalls and lot facts.

use super::evaluate::Evaluation;
use super::facts::{FactKind, Scope};
use super::verdict::Counts;
use crate::crypto::Hash;
use crate::record::{Role, Roles};

/// Where an authority's log stands: the facilities that its recalls, lot facts and same products reach, its lines, and
/// the lines above it.
///
/// It follows from the enrolments that count, like a verdict: ask again when authorities' records came.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'e, 'f, 's> {
    evaluation: &'e Evaluation<'f, 's>,
    log: Hash,
}

impl<'f, 's> Evaluation<'f, 's> {
    /// Where this log stands.
    #[must_use]
    pub const fn standing(&self, log: Hash) -> Standing<'_, 'f, 's> {
        Standing { evaluation: self, log }
    }
}

impl<'e, 'f> Standing<'e, 'f, '_> {
    /// h₀ of the log.
    #[must_use]
    pub const fn log(&self) -> Hash {
        self.log
    }

    /// The scopes of the enrolments that count and give this role; a root reaches all.
    pub fn scopes(&self, role: Role) -> impl Iterator<Item = (Scope<'f>, &'f str)> + use<'e, 'f, '_> {
        const ALL: Scope<'static> = Scope::Prefixes(crate::record::List::EMPTY);
        let root = self.evaluation.is_root(&self.log).then_some((ALL, ""));
        let given = self
            .evaluation
            .grants_of(self.log)
            .filter(move |(grant, verdict)| verdict.counts == Counts::Yes && grant.roles.contains(Roles::of(&[role])));
        root.into_iter().chain(given.map(|(grant, _)| (grant.scope, grant.facility)))
    }

    /// The lines that it is of: one, but for a renewal under several.
    pub fn lines(&self) -> impl Iterator<Item = Hash> + use<'e, 'f, '_> {
        let root = self.evaluation.is_root(&self.log).then(|| self.evaluation.root());
        let enrolled = self.evaluation.facts().iter().filter_map(|fact| match fact.kind {
            FactKind::Enrol { child, line, .. } if child == self.log => Some(line),
            _ => None,
        });
        root.into_iter().chain(enrolled)
    }

    /// The lines above it, its parent's first.
    pub fn above(&self) -> impl Iterator<Item = Hash> + use<'f> {
        self.evaluation.lines_above(&self.log)
    }
}

//! Whom a record is about: a resident, or somebody who resembles one and is not registered.

use super::calendar::THIS_YEAR;
use super::families::random_day;
use super::names::Sex;
use super::population::{BLOCK, Namesake, Population};
use super::random::{Random, shuffled};
use super::residents::Resident;
use super::tags::{Subgroup, Tag, Tags};

/// The order in which records are about residents has its own chance.
const STREAM: u64 = b'S' as u64;

impl Population {
    /// The person whom record `number` is about, and whether the registry holds them.
    pub(super) fn subject(
        &self,
        number: u32,
        random: &mut Random,
        tags: &mut Tags,
    ) -> (Option<Resident>, bool) {
        let rates = &self.config.subjects;
        let outsiders = [
            (rates.relative, Tag::Relative),
            (rates.unregistered_namesake, Tag::UnregisteredNamesake),
            (rates.unregistered_homophone, Tag::UnregisteredHomophone),
            (rates.unregistered_twin, Tag::UnregisteredTwin),
            (rates.stranger, Tag::Stranger),
        ];
        let mut draw = random.below(100_000);
        for (rate, kind) in outsiders {
            if draw < rate {
                return (self.outsider(kind, random, tags), false);
            }
            draw -= rate;
        }
        let lookalike = (draw < rates.lookalike).then(|| self.lookalike(random)).flatten();
        let again = random.chance(rates.repeated).then(|| random.below(self.config.residents));
        let own = || shuffled(self.config.seed ^ STREAM, number, self.config.residents);
        let Some(resident) = self.resident(lookalike.or(again).unwrap_or_else(own)) else {
            return (self.outsider(Tag::Stranger, random, tags), false);
        };
        self.tag_resident(&resident, tags);
        (Some(resident), true)
    }

    /// A resident with a twin or a namesake, looked for in a few places.
    fn lookalike(&self, random: &mut Random) -> Option<u32> {
        let blocks = self.config.residents.div_ceil(BLOCK);
        let twin = random.percent(40);
        let found = (0..16).find_map(|_| self.lookalike_in(random.below(blocks), twin))?;
        let other = if twin { self.twin_of(found) } else { self.namesake_of(found).map(|(other, _)| other) };
        Some(other.filter(|_| random.percent(50)).unwrap_or(found))
    }

    pub(super) fn subgroups(&self, person: &Resident) -> Vec<Subgroup> {
        let japanese = !person.origin.is_foreign();
        let groups = [
            (!japanese, Subgroup::Foreign),
            (person.sex == Sex::Woman && person.maiden.is_some(), Subgroup::MarriedWoman),
            (person.birth.year + 18 > THIS_YEAR, Subgroup::Child),
            (person.twin, Subgroup::Twin),
            (japanese && self.names.is_rare(person.family), Subgroup::RareName),
        ];
        groups.into_iter().filter(|(belongs, _)| *belongs).map(|(_, group)| group).collect()
    }

    fn tag_resident(&self, resident: &Resident, tags: &mut Tags) {
        match self.namesake_of(resident.number) {
            Some((_, Namesake::Same)) => tags.insert(Tag::RegisteredNamesake),
            Some((_, Namesake::Homophone)) => tags.insert(Tag::RegisteredHomophone),
            None => {}
        }
        let facts = [
            (resident.twin, Tag::RegisteredTwin),
            (resident.origin.is_foreign(), Tag::Foreign),
            (resident.status == "dead", Tag::Dead),
            (resident.status == "moved", Tag::MovedOut),
            (resident.protected, Tag::Protected),
        ];
        facts.into_iter().filter(|(holds, _)| *holds).for_each(|(_, tag)| tags.insert(tag));
    }

    /// Somebody whom the registry does not hold; a stranger where there is no resident to resemble.
    fn outsider(&self, kind: Tag, random: &mut Random, tags: &mut Tags) -> Option<Resident> {
        let model = (kind != Tag::Stranger)
            .then(|| self.resident(random.below(self.config.residents)))
            .flatten()
            // Twins are left out: a third twin might be given the name of the second.
            .filter(|model| !model.origin.is_foreign() && !model.twin);
        let outsider = model.and_then(|model| self.resembling(&model, kind, random));
        tags.insert(if outsider.is_some() { kind } else { Tag::Stranger });
        outsider.or_else(|| self.stranger(random.next() as u32))
    }

    fn resembling(&self, model: &Resident, kind: Tag, random: &mut Random) -> Option<Resident> {
        let elsewhere = self.places.dwelling(model.dwelling.is_flat(), random);
        let alone = Resident { maiden: None, former_dwelling: None, alias: None, ..*model };
        match kind {
            Tag::Relative => {
                let year =
                    (model.birth.year + random.between(0, 55)).saturating_sub(25).clamp(1930, THIS_YEAR);
                let sex = self.any_sex(random);
                let given = self.names.given(sex, year, random);
                Some(Resident { sex, given, birth: random_day(year, random), ..alone })
            }
            Tag::UnregisteredNamesake => Some(Resident { dwelling: elsewhere, ..alone }),
            Tag::UnregisteredHomophone => {
                let given = self.names.homophone(&model.given, random)?;
                Some(Resident { given, dwelling: elsewhere, ..alone })
            }
            Tag::UnregisteredTwin => {
                let sibling = self.names.sibling(&model.given, random);
                let given =
                    sibling.unwrap_or_else(|| self.names.composed(model.sex, model.birth.year, random));
                (given.word != model.given.word).then_some(Resident { given, ..alone })
            }
            _ => None,
        }
    }
}

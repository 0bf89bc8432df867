//! Rules to decide by: any valid policy and any model, the shipped ones among them.

use himozuke::model::{Level, Parameters, U};
use himozuke::normalize::Grade;
use himozuke::{ClaimsRule, Linker, Losses, Model, NamesakeRule, Policy, Profile, Registry};
use proptest::prelude::*;

/// What a decision depends on besides the registry and the record.
#[derive(Clone, Debug)]
pub struct Rules {
    pub policy: Policy,
    pub parameters: Parameters,
}

impl Rules {
    pub fn model(&self, registry: &Registry) -> Model {
        Model::with_parameters(registry, self.parameters.clone()).unwrap()
    }

    pub fn linker<'r>(&self, registry: &'r Registry) -> Linker<'r> {
        self.linker_with(registry, self.model(registry))
    }

    /// With the model of another registry: the frequencies and the number of residents held fixed.
    pub fn linker_with<'r>(&self, registry: &'r Registry, model: Model) -> Linker<'r> {
        Linker::with_model(registry, self.policy.clone(), model).unwrap()
    }
}

/// Half of the policies and half of the models are those that most users have.
pub fn rules() -> impl Strategy<Value = Rules> {
    (policies(), parameters()).prop_map(|(policy, parameters)| Rules { policy, parameters })
}

fn policies() -> impl Strategy<Value = Policy> {
    prop_oneof![presets(), wild_policies()]
}

fn profiles() -> impl Strategy<Value = Profile> {
    prop::sample::select(vec![
        Profile::Four,
        Profile::Four,
        Profile::ThreeWithoutSex,
        Profile::Five,
        Profile::NameBirthdateUnique,
    ])
}

fn namesake_rules() -> impl Strategy<Value = NamesakeRule> {
    prop::sample::select(vec![NamesakeRule::Review, NamesakeRule::ResolveByAddress])
}

/// Every policy that can link, in and out of the guideline, with its figures as shipped.
fn presets() -> impl Strategy<Value = Policy> {
    (profiles(), namesake_rules()).prop_map(|(profile, namesake)| Policy {
        profile,
        namesake,
        ..Policy::guideline()
    })
}

/// A positive figure, any order of magnitude as likely as any other.
fn magnitude(exponents: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    exponents.prop_map(|exponent| 10f64.powf(exponent))
}

/// A figure as [`magnitude`], or nothing.
fn allowance(exponents: std::ops::Range<f64>) -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 7 => magnitude(exponents)]
}

/// Policies whose every setting is anywhere in its range.
fn wild_policies() -> impl Strategy<Value = Policy> {
    // None of them costs less than two reviews; a wrong link costs as much as one to nobody, or more.
    let cost = || magnitude(0.302..6.0);
    let losses = (cost(), allowance(0.0..3.0), cost()).prop_map(|(none, more, miss)| Losses {
        none,
        wrong: none * (1.0 + more),
        miss,
    });
    // From nobody to everybody; and few true pairs missed, or many.
    let share = || (-8.0..8.0f64).prop_map(|logit| 1.0 / (1.0 + (-logit).exp()));
    let recall = prop_oneof![Just(1.0), share()];
    let grades = prop::sample::select(vec![
        Grade::Identical,
        Grade::Equivalent,
        Grade::Official,
        Grade::Register,
        Grade::Register,
    ]);
    let claims = prop::sample::select(vec![ClaimsRule::OneToOne, ClaimsRule::ManyToOne]);
    let rules = (profiles(), namesake_rules(), claims, grades);
    let prior = (losses, share(), recall, magnitude(0.0..11.0));
    let gates = (allowance(-9.0..0.0), magnitude(0.0..2.0), allowance(-3.0..6.0));
    (rules, prior, gates).prop_map(|(rules, prior, gates)| {
        let (profile, namesake, claims, accepted_grade) = rules;
        let (losses, coverage, blocking_recall, population) = prior;
        let (max_expected_namesakes, min_margin_bits, budget_per_million) = gates;
        let policy = Policy {
            profile,
            losses,
            coverage,
            blocking_recall,
            population,
            max_expected_namesakes,
            min_margin_bits,
            budget_per_million,
            accepted_grade,
            namesake,
            claims,
            ..Policy::guideline()
        };
        assert_eq!(policy.validate(), Ok(()));
        policy
    })
}

fn parameters() -> impl Strategy<Value = Parameters> {
    prop_oneof![Just(Parameters::default()), wild_parameters()]
}

/// Every probability up to four bits from the shipped one, in odds, each for itself: a model trained on a file of any
/// quality, or badly. What a level's u depends on is the level's own, and stays.
fn wild_parameters() -> impl Strategy<Value = Parameters> {
    let shifts = prop::collection::vec(prop::array::uniform3(-4.0..4.0f64), 37);
    (shifts, magnitude(0.0..2.0), magnitude(0.0..6.0)).prop_map(
        |(shifts, household_size, prior_observations)| {
            let mut parameters = Parameters { household_size, prior_observations, ..Parameters::default() };
            let Parameters { family_name, given_name, birth_date, sex, address, former_address, .. } =
                &mut parameters;
            let levels = family_name
                .iter_mut()
                .chain(given_name)
                .chain(birth_date)
                .chain(sex)
                .chain(address)
                .chain([former_address]);
            let mut shifted = 0;
            for (level, [m, u, household]) in levels.zip(&shifts) {
                *level = Level {
                    m: shift(level.m, *m),
                    u: shift_u(level.u, *u),
                    household: shift(level.household, *household),
                };
                shifted += 1;
            }
            assert_eq!(shifted, shifts.len(), "a level is left as shipped");
            assert_eq!(parameters.validate(), Ok(()));
            parameters
        },
    )
}

/// A probability whose odds are multiplied by a power of two.
fn shift(probability: f64, bits: f64) -> f64 {
    let odds = probability / (1.0 - probability) * bits.exp2();
    odds / (1.0 + odds)
}

fn shift_u(u: U, bits: f64) -> U {
    let share = |share: f64| (share * bits.exp2()).min(10.0);
    match u {
        U::Fixed(u) => U::Fixed(shift(u, bits)),
        U::Register(of) => U::Register(share(of)),
        U::Reading(of) => U::Reading(share(of)),
        U::Both(of) => U::Both(share(of)),
        U::Block(of) => U::Block(share(of)),
        U::Town(of) => U::Town(share(of)),
        U::Municipality(of) => U::Municipality(share(of)),
        U::Prefecture(of) => U::Prefecture(share(of)),
    }
}

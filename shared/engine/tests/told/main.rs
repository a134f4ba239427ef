//! Random alerts, given twice and out of order, taken, silenced, and functions that die: each group tells each channel each
//! thing once, what fires is told or held by a named cause, and who answers for it is called until somebody takes it.

#![allow(clippy::unwrap_used)]

mod inhibited;
mod life;
mod many;
mod policies;
mod setup;

use proptest::prelude::*;
use simulator::Crash;

use life::{Act, Life, SETTLES_MINUTES};
use setup::Terms;

fn steps() -> impl Strategy<Value = Vec<Act>> {
    let change = (0..4_usize, any::<bool>(), 0..3_usize, 0..3_u32);
    let step = prop_oneof![
        5 => change.prop_map(|(alert, firing, severity, late)| Act::Change { alert, firing, severity, late }),
        1 => Just(Act::Again),
        4 => (1..12_u32).prop_map(|minutes| Act::Pass { minutes }),
        2 => (any::<bool>(), 0..40_u64).prop_map(|(after, calls)| Act::Crash { after, calls }),
        1 => Just(Act::Take),
        1 => any::<bool>().prop_map(|all| Act::End { all }),
        1 => (0..4_usize, 1..4_u32).prop_map(|(alert, minutes)| Act::Flap { alert, minutes }),
        1 => (1..30_u32).prop_map(|minutes| Act::Silence { minutes }),
    ];
    prop::collection::vec(step, 1..25)
}

fn terms() -> impl Strategy<Value = Terms> {
    (any::<bool>(), any::<bool>()).prop_map(|(together, quiet)| Terms { together, quiet })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_doubled(terms in terms(), steps in steps()) {
        let mut life = Life::new(terms);
        for step in &steps {
            life.take(step);
        }
        // No function dies any more.
        life.tocsin.world.crash(Crash::Before(u64::MAX));
        life.tocsin.run(SETTLES_MINUTES);
        life.check_once();
        life.check_firing();
        life.check_over();
    }
}

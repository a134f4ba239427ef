//! The same incident gives the same bytes, in whatever order its parts are loaded.

use proptest::prelude::*;

use crate::incidents::{bad_release, no_cause};
use crate::scene::{Scene, at, entry, moved, resolved};
use domain::incident::What;
use domain::report::Rendered;

fn rendered(scene: &Scene) -> Rendered {
    report::render(&scene.post_mortem())
}

#[test]
fn twice_the_same() {
    for scene in [bad_release(), no_cause()] {
        assert_eq!(rendered(&scene), rendered(&scene));
    }
}

#[test]
fn what_comes_after_the_resolve_changes_nothing() {
    let scene = bad_release();
    let mut later = scene.clone();
    let key = "post-mortems/x".to_owned();
    let text = "thanks, all".to_owned();
    let by = "alice".to_owned();
    let after = at(12, 10);
    later.incident.timeline.push(entry(after, What::PostMortemWritten { key }));
    later.incident.timeline.push(entry(at(15, 0), What::Note { by, text }));
    assert_eq!(rendered(&later), rendered(&scene));
    later.incident.timeline.push(resolved("alice", at(20, 0)));
    assert!(!rendered(&later).markdown.contains("thanks"), "the incident still says that it resolved at {after}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_chunks_and_deployments_does_not_matter(
        order in Just((0..70_usize).collect::<Vec<_>>()).prop_shuffle(),
        deployments in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut scene = bad_release();
        scene.deployments.push(moved("0", "1", at(-30, 0), at(-29, 0), ""));
        scene.deployments.push(scene.deployments[0].clone());
        let mut shuffled = scene.clone();
        shuffled.chunks = order.iter().map(|index| scene.chunks[*index].clone()).collect();
        shuffled.deployments = deployments.iter().map(|index| scene.deployments[*index].clone()).collect();
        prop_assert_eq!(rendered(&shuffled), rendered(&scene));
    }
}

//! Stores that break one promise each, and the check that finds them out, by its name.

mod store;

use super::super::{
    Histories, check, check_cancellation, check_histories, check_interleavings, check_nodes,
    check_text_ids,
};
use crate::{store::MemoryStore, user_id::UserId};
use store::{Broken, Flaw};

const HISTORIES: Histories = Histories {
    seed: 1,
    count: 50,
    length: 100,
};

fn users() -> [UserId; 2] {
    ["1".into(), "2".into()]
}

fn two(flaw: Flaw) -> [Broken; 2] {
    let store = MemoryStore::new();
    [Broken::of(&store, flaw), Broken::of(&store, flaw)]
}

async fn alone(flaw: Flaw) {
    check(&Broken::of(&MemoryStore::new(), flaw), users()).await;
}

async fn on_nodes(flaw: Flaw) {
    let [a, b] = two(flaw);
    check_nodes(&a, &b, users()).await;
}

async fn when_dropped(flaw: Flaw) {
    check_cancellation(&Broken::of(&MemoryStore::new(), flaw), users()).await;
}

async fn by_texts(flaw: Flaw) {
    check_text_ids(&Broken::of(&MemoryStore::new(), flaw)).await;
}

async fn in_histories(flaw: Flaw) {
    let store = Broken::of(&MemoryStore::new(), flaw);
    check_histories(&store, users(), HISTORIES).await;
}

async fn in_pairs(flaw: Flaw) {
    let [a, b] = two(flaw);
    check_interleavings(&a, &b, users(), HISTORIES).await;
}

/// It is the flaw that is found, not that the store is asked in another way.
#[tokio::test]
async fn without_a_flaw_nothing_is_found() {
    alone(Flaw::None).await;
    on_nodes(Flaw::None).await;
    when_dropped(Flaw::None).await;
    by_texts(Flaw::None).await;
    in_histories(Flaw::None).await;
    in_pairs(Flaw::None).await;
}

macro_rules! are_found {
    ($($test:ident: $flaw:ident $check:ident $promise:tt;)*) => {$(
        #[tokio::test]
        #[should_panic(expected = $promise)]
        async fn $test() {
            $check(Flaw::$flaw).await;
        }
    )*};
}

are_found! {
    whoever_ends_before_looking_at_the_id: EndsBeforeItLooks alone
        "breaks a promise, \"a replacement adds and ends or does neither\"";
    whoever_drops_the_newest: DropsTheNewest alone
        "breaks a promise, \"the least recently used beyond the limit are ended\"";
    whoever_cuts_off_a_device: CutsOffDevices alone
        "breaks a promise, \"the longest fields come back as they were\"";
    whoever_keeps_seconds: KeepsSeconds alone
        "breaks a promise, \"expired rows go in batches at their instant\"";
    whoever_folds_the_case_of_ids: FoldsIds alone
        "breaks a promise, \"a 09 ids that differ in one bit are two sessions\"";
    whoever_gives_one_user_another_s_answer: SwapsUsers alone
        "breaks a promise, \"a 09 ids that differ in one bit are two sessions\"";
    whoever_renews_whatever_was_read: IgnoresWhatWasRead alone
        "breaks a promise, \"a renewal changes a row only as it was read\"";
    whoever_counts_what_is_asked_for: CountsWhatIsAsked alone
        "breaks a promise, \"sessions end by their ids\"";
    whoever_lists_the_dead: ListsTheDead alone
        "breaks a promise, \"a list is of one user and the living\"";
    whoever_lists_one_of_an_instant: ListsOneOfAnInstant alone
        "breaks a promise, \"a list has all who were renewed at one instant\"";
    whoever_knows_no_limit_of_a_batch: KnowsNoLimit alone
        "breaks a promise, \"expired rows go in batches at their instant\"";
    whoever_trims_user_ids: TrimsUsers by_texts
        "breaks a promise, \"a 09 each text is another user or none\"";
    whoever_folds_the_case_of_user_ids: FoldsUsers by_texts
        "breaks a promise, \"a 09 each text is another user or none\"";
    whoever_remembers_what_another_node_ended: Remembers on_nodes
        "breaks a promise, \"j 01 what one node ends the other has no longer\"";
    whoever_looks_first_and_takes_the_id_then: TakesAnIdTwice on_nodes
        "breaks a promise, \"a 08 an id is taken once over both nodes\"";
    whoever_forgets_the_cap_under_concurrency: CountsBeforeItAdds on_nodes
        "breaks a promise, \"e 07 the cap is exact under fifty sign ins\"";
    whoever_writes_back_what_was_read: WritesBack on_nodes
        "breaks a promise, \"j 03 of a hundred renewals one is made\"";
    whoever_resurrects: BringsBack on_nodes
        "breaks a promise, \"d 12 no change brings back what another node ends\"";
    whoever_adds_and_ends_in_two_steps: AddsThenEnds when_dropped
        "breaks a promise, \"p 01 a dropped replacement is done or was never begun\"";
    whoever_ends_one_by_one: EndsOneByOne when_dropped
        "breaks a promise, \"p 01 a dropped end of sessions is done or was never begun\"";
    whoever_leaks_places: LeaksPlaces when_dropped
        "breaks a promise, \"i 05 futures that are dropped give back their places\"";
    whoever_spares_all_for_one_that_is_not_there: SparesAll in_histories
        "breaks a promise, \"a history is as promised: Histories { seed:";
    whoever_writes_back_in_a_pair: WritesBack in_pairs
        "breaks a promise, \"two at a time are as one after the other: Histories { seed:";
    whoever_adds_and_ends_in_two_steps_in_a_pair: AddsThenEnds in_pairs
        "breaks a promise, \"two at a time are as one after the other: Histories { seed:";
}

package io.deepincubation.core.run;

/**
 * What a task made of a range of weights at a round's end.
 *
 * @param key of the stage
 * @param made where the next round begins, among its files
 */
record SummedRange(StageKey key, Round.Range made) {}

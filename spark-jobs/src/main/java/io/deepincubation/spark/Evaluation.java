package io.deepincubation.spark;

/**
 * A network's accuracy on the test split.
 *
 * @param stage the stage that committed the network
 * @param accuracy top-1, 0 to 1
 * @param images of the test split
 */
public record Evaluation(String stage, double accuracy, long images) {}

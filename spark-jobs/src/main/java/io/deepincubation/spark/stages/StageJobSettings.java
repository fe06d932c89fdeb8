package io.deepincubation.spark.stages;

import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.spark.cluster.SparkSettings;
import java.io.Serializable;

/**
 * What a task needs to know beside its stage.
 *
 * @param dataUri the prepared set
 * @param inputs digests of the set, and of the weights that the run began with
 * @param runUri the run folder
 * @param arithmetic of all the run's products
 * @param threads of the task
 * @param spark settings of the cluster
 */
record StageJobSettings(
    String dataUri,
    RunInputs inputs,
    String runUri,
    Arithmetic arithmetic,
    int threads,
    SparkSettings spark)
    implements Serializable {}

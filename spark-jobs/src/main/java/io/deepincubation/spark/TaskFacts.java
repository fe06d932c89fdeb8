package io.deepincubation.spark;

import io.deepincubation.core.network.Arithmetic;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a task needs to know, in words and numbers that any serializer carries.
 *
 * @param recipe the resolved recipe as YAML
 * @param dataUri the prepared set
 * @param dataDigest of the set that the run belongs to
 * @param initialWeightsDigest of the weights that the run began with, null for random ones
 * @param runUri the run folder
 * @param arithmetic of all the run's products
 * @param threads of the task
 * @param settings of the cluster
 */
record TaskFacts(
    String recipe,
    String dataUri,
    String dataDigest,
    @Nullable String initialWeightsDigest,
    String runUri,
    Arithmetic arithmetic,
    int threads,
    SparkSettings settings)
    implements Serializable {}

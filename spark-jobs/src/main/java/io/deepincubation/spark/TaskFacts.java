package io.deepincubation.spark;

import io.deepincubation.core.network.Arithmetic;
import java.io.Serializable;

/**
 * What a task needs to know, in words and numbers that any serializer carries.
 *
 * @param recipe the resolved recipe as YAML
 * @param dataUri the prepared set
 * @param dataDigest of the set that the run belongs to
 * @param runUri the run folder
 * @param arithmetic of all the run's products
 * @param threads of the task
 * @param settings of the cluster
 */
record TaskFacts(
    String recipe,
    String dataUri,
    String dataDigest,
    String runUri,
    Arithmetic arithmetic,
    int threads,
    SparkSettings settings)
    implements Serializable {}

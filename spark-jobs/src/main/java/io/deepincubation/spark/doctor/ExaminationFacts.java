package io.deepincubation.spark.doctor;

import io.deepincubation.spark.cluster.SparkSettings;
import java.io.Serializable;

/**
 * What an examination needs to know.
 *
 * @param id of this round of examinations
 * @param settings of the cluster
 * @param tasksAtOnce tasks that one executor runs at once, as far as the configuration tells
 * @param grantedBytes memory beside an executor's heap, or -1 where the cluster manager does not
 *     count it
 * @param dataUri the prepared set, or empty
 * @param runUri the run folder, or empty
 * @param versions of the driver
 * @param secondsForCheck deadline of each check
 */
record ExaminationFacts(
    String id,
    SparkSettings settings,
    int tasksAtOnce,
    long grantedBytes,
    String dataUri,
    String runUri,
    String versions,
    long secondsForCheck)
    implements Serializable {}

/** Comparisons on Spark: all trainings of one, side by side, each in a run folder of its own. */
@NullMarked
package io.deepincubation.spark.comparison;

import org.jspecify.annotations.NullMarked;

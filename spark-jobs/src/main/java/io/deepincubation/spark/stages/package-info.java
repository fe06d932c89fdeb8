/** Stages as Spark jobs: tasks, their outcomes and the acceptance of what they hand in. */
@NullMarked
package io.deepincubation.spark.stages;

import org.jspecify.annotations.NullMarked;

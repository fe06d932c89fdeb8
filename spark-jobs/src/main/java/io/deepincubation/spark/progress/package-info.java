/** What a person at a terminal sees of a run, and how it gets there from the tasks. */
@NullMarked
package io.deepincubation.spark.progress;

import org.jspecify.annotations.NullMarked;

/** A run's report: one HTML file that needs nothing else. */
@NullMarked
package io.deepincubation.spark.report;

import org.jspecify.annotations.NullMarked;

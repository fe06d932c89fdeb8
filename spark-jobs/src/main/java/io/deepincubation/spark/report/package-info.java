/** A run's report and a comparison's page: HTML files that need nothing else. */
@NullMarked
package io.deepincubation.spark.report;

import org.jspecify.annotations.NullMarked;

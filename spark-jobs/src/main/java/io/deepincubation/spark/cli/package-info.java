/** The command line: a class for each verb. */
@NullMarked
package io.deepincubation.spark.cli;

import org.jspecify.annotations.NullMarked;

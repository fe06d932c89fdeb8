/** The files of runs and data sets on any file system that Hadoop reads. */
@NullMarked
package io.deepincubation.spark.storage;

import org.jspecify.annotations.NullMarked;

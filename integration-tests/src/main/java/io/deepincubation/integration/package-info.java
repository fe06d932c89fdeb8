/**
 * Real components on this machine, each a process of its own: a Spark standalone cluster, an S3
 * store, a faulty network before it, and {@code spark-submit}. All listen on the loopback alone,
 * and all end with the test that started them.
 */
@NullMarked
package io.deepincubation.integration;

import org.jspecify.annotations.NullMarked;

package io.deepincubation.core.comparison;

/**
 * What a comparison needs to know of a prepared set before anything is trained.
 *
 * @param uri where it lies
 * @param digest SHA-256 of all that it holds
 * @param testDigest SHA-256 of the images that networks are measured on
 * @param trainImages images of the training split
 * @param testImages images that networks are measured on
 * @param classes of the images
 */
public record SetFacts(
    String uri, String digest, String testDigest, int trainImages, int testImages, int classes) {}
